// The interface of an entry in the table of engines.

import { createRequire } from "node:module";
import type { Engine } from "../contract/engine.ts";

/**
 * Another precision of an engine, as the suffix of its name. `float16` stores frozen weights as float16 and computes in
 * float32; `bfloat16` computes in bfloat16 and keeps weights, state and the optimizer in float32.
 */
export type Precision = "float16" | "bfloat16";

export interface EngineEntry {
  /** Description in a few words: the start of the engine's line in `bench list engines`. */
  readonly description: string;
  /** Advice for installing the engine, printed if it cannot start. */
  readonly how: string;
  /** The precisions that the engine has besides float32. */
  readonly precisions?: readonly Precision[];
  /** Position among the engines that `auto` tries, lowest first; absent if `auto` never takes the engine. */
  readonly autoRank?: number;
  /** Why `auto` skips the engine although it may work; undefined if it does not skip it. */
  unsuitable?(): string | undefined;
  /** Loads what the engine needs and resolves to its version. */
  load(): Promise<string>;
  start(threads: number, precision: Precision | undefined): Promise<Engine>;
}

/** An engine cannot start for a reason that needs another remedy than the entry's `how`. */
export class CannotStart extends Error {
  /** The remedy. */
  readonly how: string;
  constructor(reason: string, how: string, cause: unknown) {
    super(reason, { cause });
    this.how = how;
  }
}

/** Name and version of an installed package. Throws if it is not installed. */
export function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    return `${name} ${(require(`${name}/package.json`) as { version: string }).version}`;
  } catch {
    throw new Error(`${name} is not installed`);
  }
}
