// What the commands share: values of flags, and what they select.

import { accessSync, constants } from "node:fs";
import { createEngine, type Engine, type EngineName } from "@dit-bench/compiler";
import { makeFolders } from "@dit-bench/files";
import { BenchError } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";

export interface EngineChoice {
  readonly engine: EngineName;
  readonly threads?: number | undefined;
}

/** The engine of `--engine` and `--threads`. Throws BenchError (usage) for one that is not known or not here. */
export async function startEngine({ engine, threads }: EngineChoice): Promise<Engine> {
  try {
    return await createEngine(engine, threads === undefined ? {} : { threads });
  } catch (error) {
    throw new BenchError("usage", (error as Error).message, { cause: error });
  }
}

/** The same; notes which it is where the choice was left to the program, and what was passed over. */
export async function engineOf(options: EngineChoice, note: (text: string) => void): Promise<Engine> {
  const engine = await startEngine(options);
  if (!engine.reason) return engine;
  const where = engine.adapter ? ` on ${engine.adapter}` : `, ${quantity(engine.threads, "thread")}`;
  const why = engine.reason === `${engine.name} works` ? "" : ` (${engine.reason})`;
  note(`engine ${engine.name}${where}${why}`);
  return engine;
}

/** Makes an output folder before the long work, so that an error with it comes first. */
export function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new BenchError(
      "io",
      `the folder ${folder} cannot be made or written to (${(error as Error).message}); choose another with --output`,
      { cause: error },
    );
  }
}
