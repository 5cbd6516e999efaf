import type { Engine } from "./engine.ts";
import { createCpuEngine } from "./engine-cpu.ts";

export type EngineName = "auto" | "cpu" | "tfjs-cpu" | "tfjs-node" | "tfjs-node-gpu";

export async function createEngine(name: EngineName, options: { threads?: number } = {}): Promise<Engine> {
  if (name === "cpu" || name === "auto") return createCpuEngine(options);
  throw new Error(`no engine "${name}"`);
}
