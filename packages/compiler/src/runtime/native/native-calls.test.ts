// What callers can do wrong with a compiled function of the native session, and what it keeps in memory.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Compiled, Engine } from "../../contract/engine.ts";
import { type Parts, wholeOf } from "../../contract/parts.ts";
import type { TensorFunction } from "../../contract/signature.ts";
import { partsTraining } from "../../testing/parts.ts";
import { native, nodes, train } from "./both-bindings.test.data.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
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
