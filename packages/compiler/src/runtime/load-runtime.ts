// Loads ONNX Runtime: the only module that imports it at run time, so that its telemetry is off before.

import { turnTelemetryOff } from "../no-telemetry.ts";

export type Runtime = typeof import("onnxruntime-node");

/** Throws where the native library does not fit the machine. */
export async function loadRuntime(): Promise<Runtime> {
  turnTelemetryOff();
  const module = (await import("onnxruntime-node")) as Runtime & { default?: Runtime };
  return module.default ?? module;
}
