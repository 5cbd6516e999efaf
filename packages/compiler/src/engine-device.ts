import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Adapter, cudaAdapter, webgpuAdapter } from "./adapters.ts";
import type { Engine } from "./engine.ts";
import { CannotStart, type EngineEntry, versionOf } from "./engine-entry.ts";
import { createOnnxEngine, loadRuntime } from "./engine-onnx.ts";
import { cudaProvider, type Provider, webgpuProvider } from "./provider.ts";
import { tryEngine } from "./trial.ts";

interface Device {
  readonly what: string;
  readonly how: string;
  provider(adapter: string): Provider;
  /** Throws where there is none, and says what is missing. */
  find(): Adapter;
}

const devices: Record<"cuda" | "webgpu", Device> = {
  cuda: {
    what: "compiled, ONNX Runtime on CUDA",
    how: "it needs Linux on x64, an NVIDIA driver, CUDA 12's libraries (cudart, cublas, curand, cufft) and cuDNN 9 where the system finds them, and the provider, some hundred MB, which `node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12` downloads; for CUDA 13 docs/engines.md",
    provider: cudaProvider,
    find: () => {
      const library = join(runtimeFolder(), "libonnxruntime_providers_cuda.so");
      if (!existsSync(library)) throw new Error("ONNX Runtime's CUDA provider is not installed");
      const adapter = cudaAdapter();
      if (!adapter) throw new Error("no NVIDIA GPU is found");
      return adapter;
    },
  },
  webgpu: {
    what: "compiled, ONNX Runtime on WebGPU",
    how: "it needs a GPU, the Vulkan loader (libvulkan.so.1; Debian: apt-get install libvulkan1) and a Vulkan driver: NVIDIA's own, or Mesa's for others (Debian: mesa-vulkan-drivers). To try it without a GPU, slowly: SwiftShader, with VK_DRIVER_FILES set to its vk_swiftshader_icd.json",
    provider: webgpuProvider,
    find: () => {
      const adapter = webgpuAdapter();
      if (!adapter) throw new Error("no Vulkan driver with a device is found");
      return adapter;
    },
  },
};

/** The compiled engine on a device: the same graphs, other providers. */
export function deviceEntry(name: "cuda" | "webgpu"): EngineEntry {
  const { find, provider, what, how } = devices[name];
  const start = async (frozenWeights: "float32" | "float16"): Promise<Engine> => {
    const ort = await loadRuntime();
    if (!ort.listSupportedBackends().some((backend) => backend.name === name)) {
      throw new Error(
        `onnxruntime-node for ${process.platform} on ${process.arch} is built without the ${name} provider`,
      );
    }
    const adapter = find().name;
    try {
      return await tryEngine(createOnnxEngine(ort, provider(adapter), frozenWeights));
    } catch (error) {
      const { message } = error as Error;
      if (/requires f16/.test(message))
        throw new CannotStart(`${adapter} has no 16-bit floats in shaders`, `use engine "${name}"`, error);
      if (/Failed to get a WebGPU adapter/.test(message))
        throw new CannotStart(
          `a driver is installed, for ${adapter}, but WebGPU gets no adapter of it`,
          "on a machine without a screen NVIDIA's wants libX11, libXext and libEGL all the same (Debian: apt-get install libxext6 libegl1); `vulkaninfo --summary` says what a driver lacks",
          error,
        );
      throw error;
    }
  };
  return {
    what,
    how,
    compiled: true,
    unwanted: () => {
      const { name, software } = find();
      if (software === true) return `${name} is not a GPU`;
      return software === undefined ? `whether ${name} is a GPU is not known` : undefined;
    },
    load: async () => {
      const { adapter } = await start("float32");
      const slow = find().software === true ? ", slow: for tests, and never taken by auto" : "";
      return `${adapter}${slow}, ${versionOf("onnxruntime-node")}`;
    },
    start: (_, frozenWeights) => start(frozenWeights),
  };
}

/** Where onnxruntime-node has its libraries. */
function runtimeFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("onnxruntime-node/package.json")), "bin/napi-v6", process.platform, process.arch);
}
