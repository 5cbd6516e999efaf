// The native session against Node's binding, to the bit, and what callers can do wrong with it.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Compiled, CompileOptions, Engine } from "../../contract/engine.ts";
import type { Parts } from "../../contract/parts.ts";
import { wholeOf } from "../../contract/parts.ts";
import type { Signature, TensorFunction, Values } from "../../contract/signature.ts";
import { cpuProvider } from "../../engines/cpu.ts";
import { type PartsTraining, partsTraining } from "../../testing/parts.ts";
import { PARALLEL_SIZE } from "../../update/parallel-updater.ts";
import { loadRuntime } from "../load-runtime.ts";
import { createOnnxEngine } from "../onnx-engine.ts";
import { createNativeEngine } from "./native-engine.ts";
import { openNativeRuntime } from "./open-library.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Weights = "float32" | "float16";
const native = (threads: number, frozenWeights: Weights = "float32", maxConstantBytes = 2 ** 30): Engine =>
  createNativeEngine(openNativeRuntime(), { ...cpuProvider(threads), maxConstantBytes }, { frozenWeights });
const nodes = async (threads: number, frozenWeights: Weights = "float32", maxConstantBytes = 2 ** 30) =>
  createOnnxEngine(await loadRuntime(), { ...cpuProvider(threads), maxConstantBytes }, frozenWeights);

async function train(engine: Engine, training: PartsTraining, steps = 3) {
  const { compile, start, inputs } = partsTraining(training);
  const compiled = await engine.compile(...compile);
  await compiled.setState(start());
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await compiled.run(inputs(i))).loss![0]!);
  const state = await compiled.getState();
  await compiled.dispose();
  return { losses, state };
}

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

describe("a compiled function", () => {
  const adder = (engine: Engine): Promise<Compiled> =>
    engine.compile(
      ({ x, total }) => ({ total: tf.add(total!, x!), sum: tf.sum(x!) }),
      { x: { shape: [2] }, total: { shape: [2] } },
      { name: "adder", state: ["total"] },
    );

  test("finishes the runs that were started before dispose, and refuses those after it", async () => {
    const { compile, start, inputs } = partsTraining({ count: 4 });
    const compiled = await native(2).compile(...compile);
    await compiled.setState(start());
    const runs = [compiled.run(inputs(0)), compiled.run(inputs(1))];
    const disposed = compiled.dispose();
    const refused = expect(compiled.run(inputs(2))).rejects.toThrow("small step is disposed: compile it again");
    for (const { loss } of await Promise.all(runs)) expect(loss![0]).toBeGreaterThan(0);
    await Promise.all([disposed, refused]);
    await expect(compiled.getState()).rejects.toThrow("is disposed");
    await expect(compiled.setState(start())).rejects.toThrow("is disposed");
    await compiled.dispose(); // again, without effect
  });

  test("refuses state of a wrong length or type and keeps the state that it had", async () => {
    const f = await adder(native(1));
    await f.setState({ total: Float32Array.of(1, 2) });
    await expect(f.setState({ total: new Float32Array(3) })).rejects.toThrow('state "total" has 3 elements');
    await expect(f.setState({ total: new Float64Array(2) })).rejects.toThrow("is a Float64Array");
    expect(await f.getState()).toEqual({ total: Float32Array.of(1, 2) });
    await f.dispose();
  });

  test("keeps its state if a run fails, and runs again", async () => {
    const fn: TensorFunction = ({ total, table, i }) => ({
      total: tf.add(total!, tf.gather(table!, i as tf.Tensor1D)),
    });
    const f = await native(1).compile(
      fn,
      { total: { shape: [2] }, table: { shape: [3] }, i: { shape: [2], dtype: "int32" } },
      { name: "f", state: ["total"] },
    );
    await f.setState({ total: Float32Array.of(1, 2) });
    const table = Float32Array.of(10, 20, 30);
    await expect(f.run({ table, i: Int32Array.of(0, 9) })).rejects.toThrow(/indices element out of data bounds/);
    expect(await f.getState()).toEqual({ total: Float32Array.of(1, 2) });
    await f.run({ table, i: Int32Array.of(0, 2) });
    expect(await f.getState()).toEqual({ total: Float32Array.of(11, 32) });
    await f.dispose();
  });

  test("keeps its state if one of several parts fails", async () => {
    const part: TensorFunction = ({ x, i, table }) => ({ x: tf.add(x!, tf.gather(table!, i as tf.Tensor1D)) });
    const parts: Parts = { count: 4, split: ["x", "i"], part, rows: ["x"] };
    const f = await native(2).compile(
      wholeOf(parts),
      { x: { shape: [4] }, table: { shape: [2] }, i: { shape: [4], dtype: "int32" } },
      { name: "f", state: ["x"], parts },
    );
    await f.setState({ x: Float32Array.of(1, 2, 3, 4) });
    const table = Float32Array.of(10, 20);
    for (const bad of [0, 1, 3]) {
      const i = Int32Array.of(0, 1, 0, 1);
      i[bad] = 5;
      await expect(f.run({ table, i })).rejects.toThrow("out of data bounds");
      expect(await f.getState()).toEqual({ x: Float32Array.of(1, 2, 3, 4) });
    }
    await f.run({ table, i: Int32Array.of(0, 1, 0, 1) });
    expect(await f.getState()).toEqual({ x: Float32Array.of(11, 22, 13, 24) });
    await f.dispose();
  });

  test("names the graph that the runtime refuses, and leaves the engine usable", async () => {
    const engine = native(1);
    await expect(
      engine.compile(({ x }) => ({ y: tf.tan(x!) }), { x: { shape: [2] } }, { name: "mine", precision: "float64" }),
    ).rejects.toThrow(/mine: ONNX Runtime refuses the graph: .*Tan/s);
    const f = await adder(engine);
    await f.setState({ total: new Float32Array(2) });
    expect(await f.run({ x: Float32Array.of(1, 2) })).toEqual({ sum: Float32Array.of(3) });
    await f.dispose();
  });

  test("does not keep the function, its constants in float32, or its graph in memory", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    for (const engine of [await nodes(1, "float16"), native(1, "float16")]) {
      for (const count of [1, 2]) {
        const { reference, compiled } = await (async () => {
          const { compile } = partsTraining({ count });
          const reference = new WeakRef(compile[1].frozen!.value!);
          return { reference, compiled: await engine.compile(...compile) };
        })();
        for (let i = 0; i < 10 && reference.deref(); i++) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          collectGarbage();
        }
        expect(reference.deref(), `${count} parts`).toBeUndefined();
        await compiled.dispose();
      }
    }
  });

  test("reads memory that garbage collections between and during its runs leave alone", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const wanted = await train(native(2, "float32", 1), { count: 4 });
    const { compile, start, inputs } = partsTraining({ count: 4 });
    const compiled = await native(2, "float32", 1).compile(...compile);
    compile.length = 0 as never;
    await compiled.setState(start());
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) {
      collectGarbage();
      const run = compiled.run(inputs(i));
      await new Promise((resolve) => setImmediate(resolve)); // the run has begun
      for (let k = 0; k < 5; k++) {
        new Float32Array(2 ** 20).fill(Number.NaN); // overwrites freed memory
        collectGarbage();
      }
      losses.push((await run).loss![0]!);
    }
    expect({ losses, state: await compiled.getState() }).toEqual(wanted);
    await compiled.dispose();
  });
});
