// Disables the telemetry of ONNX Runtime. Importing this module is enough: entry points import it before anything else.
//
// Since 1.29 the native builds for Linux and macOS store a device id below the user's cache folder and send usage
// events. They read the variable once, while the library loads: https://github.com/microsoft/onnxruntime/pull/27379

import { isMainThread } from "node:worker_threads";

const VARIABLE = "ORT_DISABLE_TELEMETRY";

/**
 * Sets the variable, also over another value: nothing leaves the machine, even if ORT_DISABLE_TELEMETRY=0 asks for it.
 * In a worker thread a new value does not reach the native library: the main thread must set it first.
 *
 * @throws in a worker thread that was started without the variable
 */
export function turnTelemetryOff(): void {
  if (process.env[VARIABLE] === "1") return;
  if (!isMainThread)
    throw new Error(
      `telemetry of ONNX Runtime cannot be turned off in a worker thread: ${VARIABLE} is ` +
        `'${process.env[VARIABLE] ?? ""}'; import @dit-bench/compiler in the main thread first, or set ${VARIABLE}=1`,
    );
  process.env[VARIABLE] = "1"; // Node passes this on to the process's real environment
}

if (isMainThread) turnTelemetryOff();
