// Tracing: the resulting graph, the state of tfjs afterwards, and functions that are refused.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@dit-bench/tfjs";
import { beforeEach, describe, expect, test } from "vitest";
import { createEngine, trace } from "../index.ts";

beforeEach(async () => {
  await tf.setBackend("cpu");
});

const x = { shape: [2, 3] };

describe("trace", () => {
  test("returns a graph with the function's inputs and outputs", () => {
    const graph = trace(({ x }) => ({ y: tf.matMul(x as tf.Tensor2D, tf.ones([3, 4])) }), { x });
    expect([...graph.inputs.keys()]).toEqual(["x"]);
    expect(graph.outputs.get("y")).toMatchObject({ shape: [2, 4], dtype: "float32" });
    expect(graph.nodes.map((n) => n.op)).toEqual(["Expand", "MatMul"]);
  });

  test("makes constants of the signature's values and of outside tensors, which stay unchanged", () => {
    const outside = tf.tensor1d([1, 2, 3]);
    const weights = Float32Array.of(4, 5, 6);
    const graph = trace(({ x, w }) => ({ y: tf.mul(tf.add(x!, outside), w!) }), {
      x,
      w: { shape: [3], value: weights },
    });
    const sources = graph.nodes.map((n) => n.inputs[1]!.source);
    expect(sources).toMatchObject([
      { kind: "constant", data: Float32Array.of(1, 2, 3) },
      { kind: "constant", data: weights },
    ]);
    expect((sources[1] as { data: unknown }).data).toBe(weights);
    expect([...outside.dataSync()]).toEqual([1, 2, 3]);
    expect([...tf.neg(outside).dataSync()]).toEqual([-1, -2, -3]);
  });

  test("leaves backend, kernels and tensors as they were", () => {
    const before = {
      backend: tf.getBackend(),
      kernels: tf.getKernelsForBackend("cpu").length,
      tensors: tf.memory().numTensors,
    };
    trace(({ x }) => ({ y: tf.grad((x: tf.Tensor) => tf.sum(tf.square(x)))(x!) }), { x });
    expect(tf.getKernelsForBackend("dit-bench-trace")).toEqual([]);
    expect(tf.findBackend("dit-bench-trace")).toBeNull();
    expect({
      backend: tf.getBackend(),
      kernels: tf.getKernelsForBackend("cpu").length,
      tensors: tf.memory().numTensors,
    }).toEqual(before);
  });

  test("leaves backend, kernels and tensors as they were when the function throws inside of a gradient", () => {
    const tensors = tf.memory().numTensors;
    const fail = () => {
      throw new Error("mine");
    };
    expect(() => trace(({ x }) => ({ y: tf.grad(fail as never)(x!) }), { x })).toThrow("mine");
    expect(tf.getBackend()).toBe("cpu");
    expect(tf.getKernelsForBackend("dit-bench-trace")).toEqual([]);
    expect(tf.memory().numTensors).toBe(tensors);
    expect([
      ...tf
        .grad((x: tf.Tensor) => tf.sum(x))(tf.tensor1d([1, 2]))
        .dataSync(),
    ]).toEqual([1, 1]);
  });

  test("keeps no reference to the weights once the graph is gone", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const weights = (() => {
      const value = new Float32Array(100_000).fill(0.5);
      trace(({ x, w }) => ({ y: tf.mul(x!, tf.sum(w!)) }), { x, w: { shape: [100_000], value } });
      return new WeakRef(value);
    })();
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
    expect(weights.deref()).toBeUndefined();
  });

  test("refuses to run inside of another trace", () => {
    expect(() =>
      trace(({ x }) => ({ y: [...trace(() => ({ z: tf.scalar(1) }), {}).outputs].length ? x! : x! }), { x }),
    ).toThrow(/running already/);
    expect(tf.getBackend()).toBe("cpu");
  });
});

describe("reading a value while tracing", () => {
  test("throws an error that names the input and the source line", () => {
    expect(() => trace(({ x }) => ({ y: x!.dataSync()[0]! > 0 ? x! : tf.neg(x!) }), { x })).toThrow(
      /value of input "x" was read while tracing, at .*trace\.test\.ts:\d+:\d+: .*tf\.where/,
    );
  });

  test("throws an error that names the op", () => {
    expect(() => trace(({ x }) => ({ y: tf.scalar(tf.sum(x!).arraySync() as number) }), { x })).toThrow(
      /the result of ReduceSum_0 was read/,
    );
  });

  test("rejects an asynchronous read", async () => {
    let read: Promise<unknown> = Promise.resolve();
    trace(
      ({ x }) => {
        read = x!.data();
        return { y: tf.neg(x!) };
      },
      { x },
    );
    await expect(read).rejects.toThrow(/was read/);
  });

  test("is allowed for a constant", () => {
    const graph = trace(({ x }) => ({ y: tf.mul(x!, tf.scalar(2).dataSync()[0]! + 1) }), { x });
    expect(graph.nodes[0]!.inputs[1]!.source).toMatchObject({ data: Float32Array.of(3) });
  });
});

describe("trace refuses", () => {
  test("an op without a kernel, by its name", () => {
    expect(() => trace(({ x }) => ({ y: tf.spectral.rfft(x!) }), { x })).toThrow(
      /'(RFFT|FFT|Complex)'.*dit-bench-trace/,
    );
  });

  test("an attribute that the graph cannot express, with the source line", () => {
    const image = { shape: [1, 4, 4, 2] };
    const resize = ({ x }: Record<string, tf.Tensor>) => ({
      y: tf.image.resizeBilinear(x as tf.Tensor4D, [8, 8], true),
    });
    expect(() => trace(resize, { x: image })).toThrow(
      /ResizeBilinear: alignCorners true is not supported, wanted false, at .*trace\.test\.ts/,
    );
  });

  test("results that are not a record of at least one named tensor", () => {
    expect(() => trace((() => undefined) as never, {})).toThrow(/returned undefined, wanted a record/);
    expect(() => trace((({ x }: Record<string, tf.Tensor>) => x) as never, { x })).toThrow(/returned a tensor/);
    expect(() => trace((() => ({ y: 3 })) as never, {})).toThrow(/output "y" is 3, wanted a tensor/);
    expect(() => trace(() => ({}), {})).toThrow(/no outputs/);
  });

  test("signature values that do not fill their shape, other dtypes and negative sides", () => {
    expect(() => trace(() => ({ y: tf.scalar(1) }), { w: { shape: [3], value: new Float32Array(2) } })).toThrow(
      /value of w has 2 elements, wanted 3/,
    );
    expect(() => trace(() => ({ y: tf.scalar(1) }), { w: { shape: [3], dtype: "complex64" as never } })).toThrow(
      /complex64 is not supported/,
    );
    expect(() => trace(() => ({ y: tf.scalar(1) }), { w: { shape: [-1] } })).toThrow(/shape \[-1\]/);
  });
});

test("compile refuses a function that reads values, before any run", async () => {
  const engine = await createEngine("cpu", { threads: 1 });
  await expect(engine.compile(({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) }), { x })).rejects.toThrow(
    /was read while tracing/,
  );
});
