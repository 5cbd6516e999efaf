// The package's exports: engines that compile tfjs functions, and the parts of the compiler that tools use by
// themselves.

import "./no-telemetry.ts"; // first: whoever imports this package may load ONNX Runtime by itself

export type { Compiled, CompileOptions, Engine, Report } from "./contract/engine.ts";
export { type Parts, wholeOf } from "./contract/parts.ts";
export type { Signature, Spec, TensorFunction, Values } from "./contract/signature.ts";
export {
  createEngine,
  describeEngines,
  type EngineDescription,
  type EngineOptions,
  engineNames,
} from "./engines/create-engine.ts";
export {
  findOpenvino,
  type OpenvinoLibrary,
  type OpenvinoManifest,
  openvinoFolder,
  openvinoManifestFile,
} from "./engines/openvino-library.ts";
export {
  describeMissingWheel,
  filesOfWheel,
  openvinoWheels,
  thisPlatform,
  type Wheel,
  type WheelTable,
} from "./engines/openvino-wheels.ts";
export type { EngineName } from "./engines/table.ts";
export type { Graph, Node, Value } from "./graph/graph.ts";
export type { Type } from "./graph/types.ts";
export { type Encoded, type EncodeOptions, encode } from "./onnx/encode.ts";
export { optimize } from "./passes/index.ts";
export { type ProfiledNode, readProfile } from "./runtime/profile.ts";
export { RandomOpError, withoutRandomness } from "./trace/purity.ts";
export { trace } from "./trace/trace.ts";
