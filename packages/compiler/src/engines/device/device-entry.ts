// The entry of an engine that computes on a device: the same graphs as `cpu`, on another provider of ONNX Runtime.

import type { Engine } from "../../contract/engine.ts";
import { loadRuntime } from "../../runtime/load-runtime.ts";
import { createDeviceEngine, type WithDevice } from "../../runtime/native/device-engine.ts";
import { findNativeRuntime } from "../../runtime/native/open-library.ts";
import { createOnnxEngine } from "../../runtime/onnx-engine.ts";
import { type EngineEntry, type Precision, versionOf } from "../entry.ts";
import type { Adapter } from "./adapters.ts";
import { tryEngine } from "./trial.ts";

export interface Device extends Pick<EngineEntry, "description" | "how"> {
  readonly autoRank: number;
  /** The engine's name, and ONNX Runtime's name of the provider. */
  readonly name: string;
  /** @param adapter name of the adapter, such as the GPU's model */
  provider(adapter: string): WithDevice;
  /** The adapter that the provider will use. Throws if there is none, with a message that names what is missing. */
  findAdapter(): Adapter;
  /** Returns an error with a remedy for an error of the device's driver; undefined keeps the driver's error. */
  explain?(error: Error, adapter: string): Error | undefined;
}

/**
 * Optimizers of ONNX Runtime that are disabled for WebGPU and CUDA: the SkipLayerNormalization of these providers does
 * not output 1/sigma, which the gradient reads.
 */
export const disabledOptimizers = ["SkipLayerNormFusion"];

export function deviceEntry({ name, description, how, autoRank, provider, findAdapter, explain }: Device) {
  const start = async (precision?: Precision): Promise<Engine> => {
    const ort = await loadRuntime();
    if (!ort.listSupportedBackends().some((backend) => backend.name === name)) {
      throw new Error(
        `onnxruntime-node for ${process.platform} on ${process.arch} is built without the ${name} provider`,
      );
    }
    const adapter = findAdapter().name;
    const frozenWeights = precision === "float16" ? "float16" : "float32";
    const native = findNativeRuntime();
    try {
      return await tryEngine(
        "reason" in native
          ? createOnnxEngine(ort, provider(adapter), frozenWeights)
          : createDeviceEngine(native, provider(adapter), frozenWeights),
      );
    } catch (error) {
      throw explain?.(error as Error, adapter) ?? error;
    }
  };
  return {
    description,
    how,
    precisions: ["float16"],
    autoRank,
    unsuitable: () => {
      const { name, software } = findAdapter();
      if (software === true) return `${name} is not a GPU`;
      return software === undefined ? `whether ${name} is a GPU is not known` : undefined;
    },
    load: async () => {
      const { adapter } = await start();
      const slow = findAdapter().software === true ? ", slow: for tests only, auto does not choose it" : "";
      const native = findNativeRuntime();
      const binding = "reason" in native ? `, by Node's binding: ${native.reason}` : "";
      return `${adapter}${slow}, ${versionOf("onnxruntime-node")}${binding}`;
    },
    start: (_, precision) => start(precision),
  } as const satisfies EngineEntry;
}
