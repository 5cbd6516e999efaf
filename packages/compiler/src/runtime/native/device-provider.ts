// Providers for devices in ONNX Runtime's own library: how a session is given one, with its options.

import { texts } from "./native-values.ts";
import type { NativeRuntime } from "./open-library.ts";

export interface DeviceProvider {
  /** The runtime's name of the provider. CUDA has functions of its own in the C API; Cpu is always there. */
  readonly api: "WebGPU" | "CUDA" | "Cpu";
  readonly options: Readonly<Record<string, string>>;
  /** The runtime's name of the device's memory. */
  readonly memory: "WebGPU_Buffer" | "Cuda" | "Cpu";
  /** Number of the device, for the memory. */
  readonly deviceId: number;
}

/** Adds the provider to the options of a session. */
export function appendDevice(runtime: NativeRuntime, sessionOptions: bigint, { api, options }: DeviceProvider): void {
  if (api === "Cpu") return;
  const keys = texts(runtime, Object.keys(options));
  const values = texts(runtime, Object.values(options));
  const count = keys.array.length;
  if (api !== "CUDA") {
    runtime.call("SessionOptionsAppendExecutionProvider", sessionOptions, api, keys, values, count);
    return;
  }
  const cudaOptions = runtime.make("CreateCUDAProviderOptions");
  try {
    runtime.call("UpdateCUDAProviderOptions", cudaOptions, keys, values, count);
    runtime.call("SessionOptionsAppendExecutionProvider_CUDA_V2", sessionOptions, cudaOptions);
  } finally {
    runtime.plain("ReleaseCUDAProviderOptions", cudaOptions);
  }
}
