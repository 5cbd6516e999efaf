// The engine `cuda`: ONNX Runtime's CUDA provider.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { WithDevice } from "../runtime/native/device-engine.ts";
import { sequentialSession } from "../runtime/provider.ts";
import { gpuFilesScript, runtimeFolder } from "../runtime/runtime-files.ts";
import { cudaAdapter } from "./device/adapters.ts";
import { deviceEntry, disabledOptimizers } from "./device/device-entry.ts";

export const cuda = deviceEntry({
  name: "cuda",
  description: "compiled, ONNX Runtime on CUDA",
  how:
    "it needs Linux on x64, an NVIDIA driver, CUDA 12's libraries (cudart, cublas, curand, cufft) and cuDNN 9 where " +
    "the system finds them, and the provider, several hundred MB, which " +
    `\`node ${gpuFilesScript()} --onnxruntime-node-install=cuda12\` downloads; ` +
    "for CUDA 13 docs/engines.md",
  autoRank: 2,
  provider: cudaProvider,
  findAdapter: () => {
    const library = join(runtimeFolder(), "libonnxruntime_providers_cuda.so");
    if (!existsSync(library)) throw new Error("ONNX Runtime's CUDA provider is not installed");
    const adapter = cudaAdapter();
    if (!adapter) throw new Error("no NVIDIA GPU is found");
    return adapter;
  },
});

/**
 * Over the C API state stays on the device. Node's binding copies every output of this provider to the host, so there
 * state crosses to the device and back in each run.
 */
export function cudaProvider(adapter: string, deviceId = 0): WithDevice {
  // By default the provider rounds GEMM operands to TensorFloat-32, with 10 bits of mantissa. The C API has an option
  // against that (`use_tf32`), Node's binding has none.
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  return {
    name: "cuda",
    adapter,
    threads: 1,
    float64: false,
    withoutOptimizers: disabledOptimizers,
    lowerings: {},
    device: {
      api: "CUDA",
      options: { device_id: String(deviceId), use_tf32: "0" },
      memory: "Cuda",
      deviceId,
    },
    options: () => ({
      ...sequentialSession,
      executionProviders: [{ name: "cuda", deviceId }],
      intraOpNumThreads: 1,
      graphOptimizationLevel: "all",
    }),
  };
}
