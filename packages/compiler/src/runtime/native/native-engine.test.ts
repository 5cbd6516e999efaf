// The native session against Node's binding, to the bit.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { CompileOptions, Engine } from "../../contract/engine.ts";
import { type Parts, wholeOf } from "../../contract/parts.ts";
import type { Signature, TensorFunction, Values } from "../../contract/signature.ts";
import { partsTraining } from "../../testing/parts.ts";
import { PARALLEL_SIZE } from "../../update/parallel-updater.ts";
import { native, nodes, train } from "./both-bindings.test.data.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("a training step has the bits of Node's binding", () => {
  test.each([1, 2, 3, 4])("in %i parts, with 1, 2 and 3 threads", async (count) => {
    const wanted = await train(await nodes(1), { count });
    expect(wanted.losses[2]).not.toBe(wanted.losses[0]);
    expect(wanted.losses.every(Number.isFinite)).toBe(true);
    for (const threads of [1, 2, 3])
      expect(await train(native(threads), { count }), `${threads} threads`).toEqual(wanted);
  });

  test("in rounds of parts, the last of them smaller or not", async () => {
    for (const count of [3, 4, 6]) {
      const wanted = await train(await nodes(1), { count });
      for (const lanes of [1, 2, 3]) {
        expect(await train(native(3), { count, lanes }), `${count} parts, ${lanes} lanes`).toEqual(wanted);
      }
    }
  });

  test("with vectors so large that several threads update them", async () => {
    const hidden = Math.ceil(PARALLEL_SIZE / 160) + 7;
    for (const count of [1, 4]) {
      const wanted = await train(await nodes(2), { count, hidden }, 2);
      for (const threads of [1, 2, 3])
        expect(await train(native(threads), { count, hidden, lanes: 2 }, 2), `${threads} threads`).toEqual(wanted);
    }
  });

  test("with float16 weights, and with constants that every run passes", async () => {
    for (const [weights, bytes] of [
      ["float16", 2 ** 30],
      ["float32", 1],
      ["float16", 1],
    ] as const) {
      const wanted = await train(await nodes(1, weights, bytes), { count: 4 });
      expect(await train(native(2, weights, bytes), { count: 4 })).toEqual(wanted);
    }
  });

  test("in float64", async () => {
    const { compile, start, inputs } = partsTraining({ count: 2 });
    const [fn, signature, options] = compile;
    const widened = (values: Values): Values =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Float64Array.from(value)]));
    const run = async (engine: Engine) => {
      const compiled = await engine.compile(fn, signature, { ...options, precision: "float64" });
      await compiled.setState(widened(start()));
      const results = await compiled.run(widened(inputs(0)));
      const made = { results, state: await compiled.getState() };
      await compiled.dispose();
      return made;
    };
    const wanted = await run(await nodes(1));
    expect(wanted.results.loss).toBeInstanceOf(Float64Array);
    expect(await run(native(2))).toEqual(wanted);
  });
});

/** A step as of a sampler: rows of a carried state, int32 labels, and a mean over the batch. */
function sampling(count: number): [TensorFunction, Signature, CompileOptions] {
  const part: TensorFunction = ({ x, y, scale }) => {
    const rows = tf.mul(x!, tf.expandDims(tf.cast(y!, "float32"), 1));
    const next = tf.sin(tf.mul(rows, scale!));
    return { x: next, energy: tf.mean(tf.square(next)), again: next };
  };
  const parts: Parts = { count, split: ["x", "y"], part, rows: ["x", "again"] };
  const signature = { x: { shape: [12, 5] }, y: { shape: [12], dtype: "int32" }, scale: { shape: [] } } as const;
  return [wholeOf(parts), signature, { name: "sampling", state: ["x"], parts }];
}

describe("a step of rows", () => {
  test("has the bits of Node's binding in 1 to 4 parts, also where one value is a result and the state", async () => {
    const run = async (engine: Engine, count: number) => {
      const compiled = await engine.compile(...sampling(count));
      await compiled.setState({ x: Float32Array.from({ length: 60 }, (_, i) => Math.cos(i)) });
      const results: Values[] = [];
      for (let i = 0; i < 3; i++) {
        const y = Int32Array.from({ length: 12 }, (_, j) => j + i);
        results.push(await compiled.run({ y, scale: Float32Array.of(1.1) }));
      }
      const state = await compiled.getState();
      await compiled.dispose();
      return { results, state };
    };
    for (const count of [1, 2, 3, 4]) {
      const wanted = await run(await nodes(1), count);
      expect(wanted.results[2]!.again).toEqual(wanted.state.x);
      for (const threads of [1, 2, 3]) expect(await run(native(threads), count)).toEqual(wanted);
    }
  });
});

async function both(
  fn: TensorFunction,
  signature: Signature,
  inputs: Values,
  options: CompileOptions = {},
  start: Values = {},
) {
  const results = [];
  for (const engine of [await nodes(2), native(2)]) {
    const compiled = await engine.compile(fn, signature, { name: "f", ...options });
    await compiled.setState(start);
    const made = await compiled.run(inputs);
    results.push({ made, again: await compiled.run(inputs), state: await compiled.getState() });
    await compiled.dispose();
  }
  return results as [(typeof results)[0], (typeof results)[0]];
}

describe("values at the boundary", () => {
  test("of every type have the bits of Node's binding: an input as output, one value twice, a constant", async () => {
    const [wanted, found] = await both(
      ({ x, i, b }) => {
        const sum = tf.add(x!, tf.cast(i!, "float32"));
        return { itself: x!, sum, same: sum, not: tf.logicalNot(b!), twice: tf.mul(i!, 2), seven: tf.scalar(7) };
      },
      { x: { shape: [3] }, i: { shape: [3], dtype: "int32" }, b: { shape: [3], dtype: "bool" } },
      { x: Float32Array.of(1, 2, 3), i: Int32Array.of(4, 5, 6), b: Uint8Array.of(0, 1, 0) },
    );
    expect(found).toEqual(wanted);
    expect(found.made.sum).toEqual(Float32Array.of(5, 7, 9));
    expect(found.made.same).toEqual(found.made.sum);
    expect(found.made.same).not.toBe(found.made.sum);
    expect(found.made.not).toEqual(Uint8Array.of(1, 0, 1));
  });

  test("may have no elements", async () => {
    const empty = { shape: [0, 2] };
    const [wanted, found] = await both(
      ({ x, total }) => ({ y: tf.concat([x!, tf.ones([1, 2])]), z: tf.neg(x!), total: tf.add(total!, 1) }),
      { x: empty, total: empty },
      { x: new Float32Array(0) },
      { state: ["total"] },
      { total: new Float32Array(0) },
    );
    expect(found).toEqual(wanted);
    expect(found.made).toEqual({ y: Float32Array.of(1, 1), z: new Float32Array(0) });
  });

  test("are read where they are: parts of a larger array, and arrays that threads share", async () => {
    const large = Float32Array.from({ length: 10 }, (_, i) => i);
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([1, 2]);
    const f = await native(1).compile(({ x, y }) => ({ z: tf.add(x!, y!) }), { x: { shape: [2] }, y: { shape: [2] } });
    expect(await f.run({ x: large.subarray(3, 5), y: shared })).toEqual({ z: Float32Array.of(4, 6) });
    await f.dispose();
  });

  test("may be a state that is read whole and updated in place", async () => {
    const fn: TensorFunction = ({ w, m, x }) => {
      const grad = tf.mul(tf.sin(w!), x!);
      const next = tf.add(tf.mul(m!, 0.9), grad);
      return { w: tf.sub(w!, next), m: next, total: tf.sum(w!) };
    };
    const [wanted, found] = await both(
      fn,
      { w: { shape: [5] }, m: { shape: [5] }, x: { shape: [1] } },
      { x: Float32Array.of(0.3) },
      { state: ["w", "m"] },
      { w: Float32Array.of(1, 2, 3, 4, 5), m: new Float32Array(5) },
    );
    expect(found).toEqual(wanted);
    expect(found.again).not.toEqual(found.made);
  });

  test("results are the caller's: a later run does not write to them, nor does the caller to the state", async () => {
    const { compile, start, inputs } = partsTraining({ count: 2 });
    const compiled = await native(2).compile(...compile);
    await compiled.setState(start());
    const copy = await compiled.getState();
    const { loss } = await compiled.run(inputs(0));
    const before = loss!.slice();
    await compiled.run(inputs(1));
    expect(loss).toEqual(before);
    expect(copy).toEqual(start());
    expect(await compiled.getState("view")).toEqual(await compiled.getState());
    await compiled.dispose();
  });
});

/** How the plan of `parts` differs from what `finish` could do, and the values that it needs. */
const fallbacks: [string, (parts: Parts) => Partial<Parts>][] = [
  [
    "`finish` computes a result",
    ({ finish }) => ({ finish: (given) => ({ ...finish!(given), loss: tf.exp(given.loss!) }) }),
  ],
  [
    "`finish` scales the gradient by its own norm",
    ({ finish }) => ({
      finish: ({ "gradient of matrix": g, ...given }) =>
        finish!({ ...given, "gradient of matrix": tf.div(g!, tf.sqrt(tf.sum(tf.square(g!)))) }),
    }),
  ],
  [
    "the update takes one gradient twice",
    ({ finish }) => ({ finish: (given) => finish!({ ...given, "gradient of bias": given["gradient of scale"]! }) }),
  ],
  [
    "a gradient is a result, too",
    ({ finish }) => ({ finish: (given) => ({ ...finish!(given), bias: given["gradient of bias"]! }) }),
  ],
  [
    "an output of a part has the name of an input",
    ({ part, finish }) => ({
      part: (given) => ({ ...part(given), rate: tf.mul(given.rate!, 2) }),
      finish: (given) => finish!(given),
    }),
  ],
  [
    "the mean of an output that is no number of the parts' type",
    ({ part, finish }) => ({
      part: (given) => ({ ...part(given), count: tf.scalar(3, "int32") }),
      finish: (given) => ({ ...finish!(given), count: tf.cast(given.count!, "float32") }),
    }),
  ],
];

describe("parts that cannot run by themselves", () => {
  test.each(fallbacks)("run as a whole, with the bits of Node's binding: %s", async (_, change) => {
    const { compile, start, inputs } = partsTraining({ count: 3, change });
    const made = [];
    for (const engine of [await nodes(1), native(2)]) {
      const compiled = await engine.compile(...compile);
      await compiled.setState(start());
      const results = await compiled.run(inputs(0));
      made.push({ results, state: await compiled.getState() });
      await compiled.dispose();
    }
    expect(made[1]).toEqual(made[0]);
    expect(made[0]!.state.weights).not.toEqual(start().weights);
  });

  test("run as a whole if each part has its rows of a state that is updated", async () => {
    const part: TensorFunction = ({ w, x }) => ({ loss: tf.mean(tf.mul(w!, x!)), gradient: tf.mean(tf.sin(w!)) });
    const finish: TensorFunction = ({ w, m, loss, gradient }) => {
      const next = tf.add(tf.mul(m!, 0.5), tf.mul(tf.onesLike(m!), gradient!));
      return { w: tf.sub(w!, next), m: next, loss: loss! };
    };
    const parts: Parts = { count: 2, split: ["w", "x"], part, finish };
    const shape = { shape: [6] };
    const start = { w: Float32Array.of(1, 2, 3, 4, 5, 6), m: new Float32Array(6) };
    const [wanted, found] = await both(
      wholeOf(parts),
      { w: shape, m: shape, x: shape },
      { x: Float32Array.of(6, 5, 4, 3, 2, 1) },
      { state: ["w", "m"], parts },
      start,
    );
    expect(found).toEqual(wanted);
  });
});

describe("a batch that the number of parts does not divide", () => {
  test.each([5, 7, 24])("is refused on both bindings: %i parts", async (count) => {
    const wanted = `input "x" has shape [12,160]: wanted rows that ${count} parts divide`;
    for (const engine of [await nodes(1), native(1)])
      await expect(engine.compile(...partsTraining({ count }).compile)).rejects.toThrow(wanted);
  });
});
