// Whether the native libraries of an engine are on this machine.

import { existsSync } from "node:fs";
import { findOpenvino, openvinoFolder } from "@dit-bench/compiler";
import { type Environment, homeFolder } from "@dit-bench/files";
import type { EngineEntry } from "./engine-entries.ts";

export interface EngineState {
  /** Why the libraries cannot be used; undefined if they can. */
  readonly problem: string | undefined;
  /** True if files are in their folder that cannot be used. */
  readonly misplaced: boolean;
}

/** Checks the libraries of an engine. Their files are read only if they changed since the last check. */
export function engineState({ table }: EngineEntry, env: Environment): EngineState {
  try {
    findOpenvino(env, table);
    return { problem: undefined, misplaced: false };
  } catch (error) {
    return { problem: (error as Error).message, misplaced: existsSync(openvinoFolder(homeFolder(env), table)) };
  }
}
