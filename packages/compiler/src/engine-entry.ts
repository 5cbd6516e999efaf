import { createRequire } from "node:module";
import type { Engine } from "./engine.ts";

/** An engine in the list of engines: what it is, and how it is loaded and started. */
export interface EngineEntry {
  readonly what: string;
  readonly how: string;
  readonly compiled?: boolean;
  /** Why `auto` passes it over though it may work; undefined where it does not. */
  unwanted?(): string | undefined;
  /** Loads what the engine needs and gives its version. */
  load(): Promise<string>;
  start(threads: number, frozenWeights: "float32" | "float16"): Promise<Engine>;
}

/** An engine cannot start for a reason that its own `how` does not help against. */
export class CannotStart extends Error {
  /** What helps. */
  readonly how: string;
  constructor(reason: string, how: string, cause: unknown) {
    super(reason, { cause });
    this.how = how;
  }
}

/** Name and version of an installed package. Throws where it is not installed. */
export function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    return `${name} ${(require(`${name}/package.json`) as { version: string }).version}`;
  } catch {
    throw new Error(`${name} is not installed`);
  }
}

export const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
