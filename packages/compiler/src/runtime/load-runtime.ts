// Loads ONNX Runtime. No other module imports it at run time, so its telemetry is always disabled before it loads.

import { turnTelemetryOff } from "../no-telemetry.ts";
import { checkRuntimeFiles } from "./runtime-files.ts";

export type Runtime = typeof import("onnxruntime-node");

/** Throws if the native library is damaged or does not fit the machine. */
export async function loadRuntime(): Promise<Runtime> {
  turnTelemetryOff();
  checkRuntimeFiles();
  const module = (await import("onnxruntime-node")) as Runtime & { default?: Runtime };
  return module.default ?? module;
}
