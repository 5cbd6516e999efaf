// Session options of the providers.

import * as tf from "@dit-bench/tfjs";
import { afterEach, describe, expect, test } from "vitest";
import { describeEngines } from "../index.ts";
import { loadRuntime } from "../runtime/load-runtime.ts";
import { createOnnxEngine } from "../runtime/onnx-engine.ts";
import { cpuProvider } from "./cpu.ts";
import { cudaProvider } from "./cuda.ts";
import { webgpuProvider } from "./webgpu.ts";

const settings = { float64: false };

describe("Provider.options", () => {
  test("runs the CPU provider on the requested number of threads", () => {
    expect(cpuProvider(3).options(settings)).toMatchObject({ executionProviders: ["cpu"], intraOpNumThreads: 3 });
  });

  test("keeps the state of WebGPU on the device, and its buffers for reuse", () => {
    const provider = webgpuProvider("a GPU");
    expect(provider).toMatchObject({ residence: "gpu-buffer", adapter: "a GPU", threads: 1 });
    expect(provider.options(settings).executionProviders).toEqual([
      { name: "webgpu", preferredLayout: "NCHW", storageBufferCacheMode: "simple" },
    ]);
  });
});

describe("cudaProvider", () => {
  const before = process.env.NVIDIA_TF32_OVERRIDE;
  afterEach(() => {
    if (before === undefined) delete process.env.NVIDIA_TF32_OVERRIDE;
    else process.env.NVIDIA_TF32_OVERRIDE = before;
  });

  test("selects the device, and disables TensorFloat-32 unless the user has set NVIDIA_TF32_OVERRIDE", () => {
    delete process.env.NVIDIA_TF32_OVERRIDE;
    expect(cudaProvider("a GPU", 1).options(settings)).toMatchObject({
      executionProviders: [{ name: "cuda", deviceId: 1 }],
    });
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe("0");
    process.env.NVIDIA_TF32_OVERRIDE = "1";
    cudaProvider("a GPU");
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe("1");
  });

  test("has its session refused without the provider's library: no other provider computes instead", async () => {
    const cuda = (await describeEngines()).find(({ name }) => name === "cuda")!;
    if (cuda.available) return;
    const engine = createOnnxEngine(await loadRuntime(), cudaProvider("a GPU"));
    expect(engine).toMatchObject({ name: "cuda", adapter: "a GPU", threads: 1 });
    const compiling = engine.compile(({ x }) => ({ y: tf.exp(x!) }), { x: { shape: [2] } }, { name: "f" });
    await expect(compiling).rejects.toThrow(/^f: ONNX Runtime refuses the graph: .*(Cuda|CUDA|cuda)/);
  });
});
