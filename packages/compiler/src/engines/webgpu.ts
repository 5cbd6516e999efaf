// The engine `webgpu`: ONNX Runtime's WebGPU provider, on Vulkan, Metal or Direct3D 12.

import { webgpuLowerings } from "../onnx/lowerings-webgpu.ts";
import { exactTrigonometry } from "../passes/index.ts";
import type { WithDevice } from "../runtime/native/device-engine.ts";
import { sequentialSession } from "../runtime/provider.ts";
import { webgpuAdapter } from "./device/adapters.ts";
import { deviceEntry, disabledOptimizers } from "./device/device-entry.ts";
import { CannotStart } from "./entry.ts";

export const webgpu = deviceEntry({
  name: "webgpu",
  description: "compiled, ONNX Runtime on WebGPU",
  how:
    "it needs a GPU, the Vulkan loader (libvulkan.so.1; Debian: apt-get install libvulkan1) and a Vulkan driver: " +
    "NVIDIA's own, or Mesa's for others (Debian: mesa-vulkan-drivers). To try it without a GPU, slowly: SwiftShader, " +
    "with VK_DRIVER_FILES set to its vk_swiftshader_icd.json",
  autoRank: 3,
  provider: webgpuProvider,
  findAdapter: () => {
    const adapter = webgpuAdapter();
    if (!adapter) throw new Error("no Vulkan driver with a device is found");
    return adapter;
  },
  explain: (error, adapter) => {
    if (/requires f16/.test(error.message))
      return new CannotStart(`${adapter} has no 16-bit floats in shaders`, `use engine "webgpu"`, error);
    if (/Failed to get a WebGPU adapter/.test(error.message))
      return new CannotStart(
        `a driver is installed, for ${adapter}, but WebGPU gets no adapter of it`,
        "on a machine without a screen NVIDIA's driver still needs libX11, libXext and libEGL " +
          "(Debian: apt-get install libxext6 libegl1); `vulkaninfo --summary` shows what a driver lacks",
        error,
      );
    return undefined;
  },
});

/**
 * "simple" keeps buffers for reuse. In the default mode a step takes two to three times as long (DiffFit of DiT-S/2 on
 * an H200: batch 8 70 against 39 ms, batch 64 446 against 159).
 */
const providerOptions = { preferredLayout: "NCHW", storageBufferCacheMode: "simple" } as const;

export function webgpuProvider(adapter: string): WithDevice {
  return {
    name: "webgpu",
    adapter,
    threads: 1,
    float64: false,
    // Constant folding would store a transposed copy of every frozen weight; transposing in each run is as fast
    // (DiffFit of DiT-S/2, batch 64, H200: 426 against 448 ms).
    withoutOptimizers: [...disabledOptimizers, "ConstantFolding"],
    prepare: exactTrigonometry,
    lowerings: webgpuLowerings,
    device: { api: "WebGPU", options: providerOptions, memory: "WebGPU_Buffer", deviceId: 0 },
    residence: "gpu-buffer",
    options: () => ({
      ...sequentialSession,
      executionProviders: [{ name: "webgpu", ...providerOptions }],
      intraOpNumThreads: 1,
      graphOptimizationLevel: "all",
    }),
  };
}
