import "./no-telemetry.ts"; // first: whoever imports this package may load ONNX Runtime by itself

export type { Compiled, CompileOptions, Engine, Report } from "./engine.ts";
export {
  createEngine,
  describeEngines,
  type EngineDescription,
  type EngineName,
  type EngineOptions,
  engineNames,
} from "./engines.ts";
export type { Graph, Node, Type, Value } from "./graph.ts";
export { type Encoded, type EncodeOptions, encode } from "./onnx/encode.ts";
export { optimize } from "./passes/index.ts";
export { type ProfiledNode, readProfile } from "./profile.ts";
export { RandomOpError, withoutRandomness } from "./purity.ts";
export type { Signature, Spec, TensorFunction, Values } from "./signature.ts";
export { trace } from "./trace.ts";
