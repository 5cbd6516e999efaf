// The table of engines. A new engine is one file that exports its entry, and one line here.

import { cpu } from "./cpu.ts";
import { cuda } from "./cuda.ts";
import type { EngineEntry } from "./entry.ts";
import { tfjsCpu } from "./tfjs-cpu.ts";
import { tfjsNode } from "./tfjs-node.ts";
import { tfjsNodeGpu } from "./tfjs-node-gpu.ts";
import { webgpu } from "./webgpu.ts";

/** The engines in the order in which they are listed. */
export const engines = {
  cuda,
  webgpu,
  cpu,
  "tfjs-cpu": tfjsCpu,
  "tfjs-node": tfjsNode,
  "tfjs-node-gpu": tfjsNodeGpu,
} satisfies Readonly<Record<string, EngineEntry>>;

type Engines = typeof engines;
export type PlainEngineName = keyof Engines;
type CompiledEngineName = {
  [Name in PlainEngineName]: Engines[Name] extends { compiled: true } ? Name : never;
}[PlainEngineName];

/** `+float16` stores frozen weights as float16 and computes in float32. */
export type EngineName = "auto" | PlainEngineName | `${CompiledEngineName}+float16`;
