import * as tf from "@tensorflow/tfjs";
import type { InferenceSession } from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { boundaryOf } from "./boundary.ts";
import type { CompileOptions } from "./engine.ts";
import { cpuProvider, cudaProvider, type Provider, webgpuProvider } from "./provider.ts";
import { startSession } from "./session.ts";
import type { TensorFunction } from "./signature.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const fn: TensorFunction = ({ total, x }) => {
  const next = tf.add(total!, x!);
  return { total: next, mean: tf.mean(next) };
};
const signature = { x: { shape: [2] }, total: { shape: [2] } };

/** The options with which a session is asked for, of a runtime that only listens. */
async function asked(
  provider: Provider,
  frozenWeights: "float32" | "float16" = "float32",
  options: CompileOptions = {},
): Promise<InferenceSession.SessionOptions> {
  const given: InferenceSession.SessionOptions[] = [];
  const create = async (_: Uint8Array, o: InferenceSession.SessionOptions) => given.push(o);
  const boundary = boundaryOf("f", signature, options.state ?? [], "float32");
  const ort = { InferenceSession: { create } } as never;
  await startSession(ort, provider, frozenWeights, boundary, fn, signature, options);
  return given[0]!;
}

describe("outputs", () => {
  test("that are state stay on WebGPU's device, the others come back", async () => {
    const options = await asked(webgpuProvider("a GPU"), "float32", { state: ["total"] });
    expect(options.preferredOutputLocation).toEqual({ "out:total": "gpu-buffer" });
  });

  test("all come back where there is no state, or no device that keeps it", async () => {
    expect(await asked(webgpuProvider("a GPU"))).not.toHaveProperty("preferredOutputLocation");
    for (const provider of [cpuProvider(1), cudaProvider("a GPU")])
      expect(await asked(provider, "float32", { state: ["total"] })).not.toHaveProperty("preferredOutputLocation");
  });
});

describe("the runtime's optimizer", () => {
  const told = async (...given: Parameters<typeof asked>) => (await asked(...given)).extra!.optimization;

  test("does all it can on the processor, and not what WebGPU cannot run", async () => {
    expect(await told(cpuProvider(1))).toEqual({});
    expect(await told(webgpuProvider("a GPU"))).toEqual({ disable_specified_optimizers: "SkipLayerNormFusion" });
  });

  test("does not widen float16 weights beforehand", async () => {
    expect(await told(cpuProvider(1), "float16")).toEqual({
      disable_specified_optimizers: "FuseFp16InitializerToFp32NodeTransformer;CommonSubexpressionElimination",
      constant_folding_max_output_size_in_bytes: "1024",
    });
  });
});

test("a profile is written only where it is asked for", async () => {
  expect(await asked(cpuProvider(1))).not.toHaveProperty("enableProfiling");
  expect(await asked(cpuProvider(1), "float32", { profile: "/some/where" })).toMatchObject({
    enableProfiling: true,
    profileFilePrefix: "/some/where",
  });
});
