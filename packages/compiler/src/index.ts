export type { Compiled, CompileOptions, Engine, Report } from "./engine.ts";
export { createEngine, type EngineName } from "./engines.ts";
export type { Graph, Node, Type, Value } from "./graph.ts";
export type { Signature, Spec, TensorFunction, Values } from "./signature.ts";
export { trace } from "./trace.ts";
