// The table of engines. A new engine is one file that exports its entry, and one line here.

import { cpu } from "./cpu.ts";
import { cuda } from "./cuda.ts";
import type { EngineEntry } from "./entry.ts";
import { openvino } from "./openvino.ts";
import { tfjsCpu } from "./tfjs-cpu.ts";
import { tfjsNode } from "./tfjs-node.ts";
import { tfjsNodeGpu } from "./tfjs-node-gpu.ts";
import { webgpu } from "./webgpu.ts";

/** The engines in the order in which they are listed. */
export const engines = {
  cuda,
  webgpu,
  openvino,
  cpu,
  "tfjs-cpu": tfjsCpu,
  "tfjs-node": tfjsNode,
  "tfjs-node-gpu": tfjsNodeGpu,
} satisfies Readonly<Record<string, EngineEntry>>;

type Engines = typeof engines;
export type PlainEngineName = keyof Engines;
type NameWithPrecision = {
  [Name in PlainEngineName]: Engines[Name] extends { precisions: readonly (infer P extends string)[] }
    ? `${Name}+${P}`
    : never;
}[PlainEngineName];

/** A plain name computes in float32; a suffix is one of the engine's other precisions. */
export type EngineName = "auto" | PlainEngineName | NameWithPrecision;
