// Starts the compute engine that `--engine` and `--threads` choose.

import { createEngine, type Engine, type EngineName } from "@dit-bench/compiler";
import { BenchError } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";

interface EngineChoice {
  readonly engine: EngineName;
  readonly threads?: number | undefined;
}

/**
 * Starts the engine. Throws BenchError (usage) if it cannot start here.
 *
 * @param note called if the choice was `auto`, with the chosen engine and why the engines before it were not chosen
 */
export async function startEngine(
  { engine: name, threads }: EngineChoice,
  note?: (text: string) => void,
): Promise<Engine> {
  const engine = await createEngine(name, threads === undefined ? {} : { threads }).catch((error: Error) => {
    throw new BenchError("usage", error.message, { cause: error });
  });
  if (engine.reason) note?.(`engine ${engine.name}${describePlace(engine)}${describeReason(engine)}`);
  return engine;
}

const describePlace = ({ adapter, threads }: Engine): string =>
  adapter ? ` on ${adapter}` : `, ${quantity(threads, "thread")}`;

/** The engine of a finished run. */
interface UsedEngine {
  readonly name: string;
  readonly threads: number;
  /** The GPU that computed, if one did; `--threads` has no effect on it. */
  readonly gpu: string | null;
}

const describeReason = ({ name, reason }: Engine): string => (reason === `${name} works` ? "" : ` (${reason})`);

/** A sentence about `--engine` and `--threads` that a finished run does not have; undefined if it has them. */
export function unusedEngineFlags({ engine, threads }: EngineChoice, used: UsedEngine): string | undefined {
  const flags = [
    ...(engine === "auto" || engine === used.name ? [] : [`--engine ${engine}`]),
    ...(threads === undefined || threads === used.threads || used.gpu !== null ? [] : [`--threads ${threads}`]),
  ];
  if (flags.length === 0) return undefined;
  return (
    `${flags.join(" and ")} ${flags.length === 1 ? "has" : "have"} no effect on a finished run, which had the engine ` +
    `${used.name} ${used.gpu === null ? `with ${quantity(used.threads, "thread")}` : `on ${used.gpu}`}; ` +
    "give another --out to run it again"
  );
}
