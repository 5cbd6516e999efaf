// The interface of ONNX Runtime's execution providers. Each engine's file under engines/ describes its own.

import type { InferenceSession } from "onnxruntime-node";
import type { Graph } from "../graph/graph.ts";
import type { Lowerings } from "../onnx/lowering.ts";
import type { DeviceProvider } from "./native/device-provider.ts";

export interface Provider {
  readonly name: string;
  /** The device, for records; absent for the CPU. */
  readonly adapter?: string;
  /** CPU threads of the runtime; 1 if a device does the work. */
  readonly threads: number;
  readonly float64: boolean;
  /**
   * Names of the runtime's graph optimizers to disable: they make ops that the provider cannot run, or undo our
   * lowerings.
   */
  readonly withoutOptimizers: readonly string[];
  /** A last pass over the provider's graphs. */
  prepare?(graph: Graph): Graph;
  /** Lowerings that replace the usual ones. */
  readonly lowerings: Partial<Lowerings>;
  /** The device for a session over the C API; absent for the CPU. */
  readonly device?: DeviceProvider;
  /**
   * With Node's binding, `preferredOutputLocation` of outputs that stay on the device; absent if every output comes
   * back to the host.
   */
  readonly residence?: "gpu-buffer";
  /**
   * Sessions own constants up to this many bytes in all; above it constants stay in the caller's arrays. Absent: no
   * limit.
   */
  readonly maxConstantBytes?: number;
  options(settings: { readonly float64: boolean }): InferenceSession.SessionOptions;
}

/** Session options that every provider uses. */
export const sequentialSession: InferenceSession.SessionOptions = {
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4, // errors are thrown; do not print them as well
};
