// Session options by provider, and constants that sessions do not own.

import * as tf from "@dit-bench/tfjs";
import type { InferenceSession } from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { boundaryOf } from "../contract/boundary.ts";
import type { CompileOptions } from "../contract/engine.ts";
import type { TensorFunction } from "../contract/signature.ts";
import { cpuProvider } from "../engines/cpu.ts";
import { cudaProvider } from "../engines/cuda.ts";
import { webgpuProvider } from "../engines/webgpu.ts";
import { loadRuntime } from "./load-runtime.ts";
import { createOnnxEngine } from "./onnx-engine.ts";
import type { Provider } from "./provider.ts";
import { startSession } from "./session.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const fn: TensorFunction = ({ total, x }) => {
  const next = tf.add(total!, x!);
  return { total: next, mean: tf.mean(next) };
};
const signature = { x: { shape: [2] }, total: { shape: [2] } };

/** The options with which startSession creates a session, recorded by an imitated runtime. */
async function sessionOptions(
  provider: Provider,
  frozenWeights: "float32" | "float16" = "float32",
  options: CompileOptions = {},
): Promise<InferenceSession.SessionOptions> {
  const recorded: InferenceSession.SessionOptions[] = [];
  const create = async (_: Uint8Array, o: InferenceSession.SessionOptions) => recorded.push(o);
  const boundary = boundaryOf("f", signature, options.state ?? [], "float32");
  const ort = { InferenceSession: { create } } as never;
  await startSession(ort, provider, frozenWeights, boundary, fn, signature, options);
  return recorded[0]!;
}

describe("preferredOutputLocation", () => {
  test("keeps state outputs on WebGPU's device, and no others", async () => {
    const options = await sessionOptions(webgpuProvider("a GPU"), "float32", { state: ["total"] });
    expect(options.preferredOutputLocation).toEqual({ "out:total": "gpu-buffer" });
  });

  test("is not set without state, nor for providers that copy outputs to the host", async () => {
    expect(await sessionOptions(webgpuProvider("a GPU"))).not.toHaveProperty("preferredOutputLocation");
    for (const provider of [cpuProvider(1), cudaProvider("a GPU")])
      expect(await sessionOptions(provider, "float32", { state: ["total"] })).not.toHaveProperty(
        "preferredOutputLocation",
      );
  });
});

describe("disable_specified_optimizers", () => {
  const optimizerOptions = async (...given: Parameters<typeof sessionOptions>) =>
    (await sessionOptions(...given)).extra!.optimization;

  test("keeps the CPU's explicit transposes, and excludes ops that a device cannot run", async () => {
    expect(await optimizerOptions(cpuProvider(1))).toEqual({
      disable_specified_optimizers: "MatmulTransposeFusion;GemmTransposeFusion",
    });
    expect(await optimizerOptions(webgpuProvider("a GPU"))).toEqual({
      disable_specified_optimizers: "SkipLayerNormFusion;ConstantFolding",
    });
    expect(await optimizerOptions(cudaProvider("a GPU"))).toEqual({
      disable_specified_optimizers: "SkipLayerNormFusion",
    });
  });

  test("keeps the runtime from widening float16 weights before the runs", async () => {
    expect(await optimizerOptions(cpuProvider(1), "float16")).toEqual({
      disable_specified_optimizers:
        "MatmulTransposeFusion;GemmTransposeFusion;" +
        "FuseFp16InitializerToFp32NodeTransformer;CommonSubexpressionElimination",
      constant_folding_max_output_size_in_bytes: "1024",
    });
  });
});

test("startSession enables profiling only where a profile is requested", async () => {
  expect(await sessionOptions(cpuProvider(1))).not.toHaveProperty("enableProfiling");
  expect(await sessionOptions(cpuProvider(1), "float32", { profile: "/some/where" })).toMatchObject({
    enableProfiling: true,
    profileFilePrefix: "/some/where",
  });
});

describe("constants above the provider's maxConstantBytes", () => {
  const width = 160; // 100 kB per matrix
  const value = (phase: number) => Float32Array.from({ length: width * width }, (_, i) => Math.sin(i + phase));
  const [first, second] = [value(0), value(1)];
  const twoMatMuls: TensorFunction = ({ x, first, second }) => ({
    y: tf.matMul(tf.matMul(x as tf.Tensor2D, first as tf.Tensor2D), second as tf.Tensor2D, false, true),
  });
  const shape = [width, width];
  const signature = { x: { shape: [2, width] }, first: { shape, value: first }, second: { shape, value: second } };
  const x = Float32Array.from({ length: 2 * width }, (_, i) => Math.cos(i));

  async function compiled(maxConstantBytes: number, frozenWeights: "float32" | "float16" = "float32") {
    const engine = createOnnxEngine(await loadRuntime(), { ...cpuProvider(1), maxConstantBytes }, frozenWeights);
    return engine.compile(twoMatMuls, signature);
  }

  test.each(["float32", "float16"] as const)(
    "are read in the caller's arrays, and give the same numbers: %s",
    async (type) => {
      const [held, fed] = await Promise.all([compiled(2 * first.byteLength, type), compiled(first.byteLength, type)]);
      expect(fed.report.constantBytes).toBe(held.report.constantBytes);
      const [wanted, found] = await Promise.all([held.run({ x }), fed.run({ x })]);
      for (const [i, y] of wanted.y!.entries()) expect(found.y![i]! / y).toBeCloseTo(1, 4);
      await Promise.all([held.dispose(), fed.dispose()]);
    },
  );

  test("are not copied: a later write to the array changes the result", async () => {
    const fed = await compiled(first.byteLength);
    first.fill(0);
    expect((await fed.run({ x })).y!.every((y) => y === 0)).toBe(true);
    await fed.dispose();
  });
});
