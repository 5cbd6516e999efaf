// Engines by name: starting one, and describing which of them work on this machine.

import { availableParallelism } from "node:os";
import type { Engine } from "../contract/engine.ts";
import { CannotStart, type EngineEntry } from "./entry.ts";
import { type EngineName, engines, type PlainEngineName } from "./table.ts";

export interface EngineOptions {
  /** CPU threads of the engines that compute on the CPU; the default is what the machine runs in parallel. */
  readonly threads?: number;
}

/** Starts an engine. Throws if it does not work here; the message has the advice for installing it. */
export async function createEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new Error(`engine: threads is ${threads}: wanted a whole number of at least 1`);
  }
  if (name === "auto") return startFirstWorking(threads);
  const [plainName, suffix] = name.split("+") as [string, string?];
  const entry = entryOf(plainName);
  if (!entry) throw new Error(`engine "${name}" is not known: wanted auto, ${Object.keys(engines).join(", ")}`);
  const precision = entry.precisions?.find((known) => known === suffix);
  if (suffix !== undefined && precision === undefined) {
    const names = namesWithPrecision().join(", ");
    throw new Error(`engine "${name}" is not known: wanted ${names}, or a name without +`);
  }
  try {
    return await entry.start(threads, precision);
  } catch (error) {
    throw new Error(`engine "${name}" cannot start: ${firstLine(error)}: ${remedyFor(error, entry)}`, { cause: error });
  }
}

/** The names that `createEngine` takes. */
export const engineNames = (): EngineName[] => ["auto", ...entries().map(([name]) => name), ...namesWithPrecision()];

export interface EngineDescription {
  readonly name: PlainEngineName;
  readonly available: boolean;
  /** The description of the engine, or the reason why it does not work here. */
  readonly reason: string;
  /** Advice for installing the engine, if it does not work here. */
  readonly how?: string;
}

/** Every engine, in the order of the table, and whether it works here. */
export async function describeEngines(): Promise<EngineDescription[]> {
  return Promise.all(
    entries().map(async ([name, entry]): Promise<EngineDescription> => {
      try {
        return { name, available: true, reason: `${entry.description}, ${await entry.load()}` };
      } catch (error) {
        return { name, available: false, reason: firstLine(error), how: remedyFor(error, entry) };
      }
    }),
  );
}

/**
 * `auto`: the engine of the lowest `autoRank` that works and is not `unsuitable`. At present this is `cpu`, because no
 * whole run was made on a GPU yet (docs/engines.md). A driver that computes on the CPU (SwiftShader, lavapipe) is
 * skipped: it is for tests, and slower than `cpu`.
 */
async function startFirstWorking(threads: number): Promise<Engine> {
  const candidates = entries()
    .filter(([, { autoRank }]) => autoRank !== undefined)
    .sort(([, a], [, b]) => a.autoRank! - b.autoRank!);
  const skipped: string[] = [];
  for (const [name, entry] of candidates) {
    try {
      const objection = entry.unsuitable?.();
      if (objection !== undefined) throw new Error(objection);
      const engine = await entry.start(threads, undefined);
      return { ...engine, reason: [...skipped, `${name} works`].join("; ") };
    } catch (error) {
      const how = error instanceof CannotStart ? `, ${error.how}` : "";
      skipped.push(`${name}: ${firstLine(error)}${how}`);
    }
  }
  throw new Error(`engine "auto": none works: ${skipped.join("; ")}`);
}

const entries = () => Object.entries<EngineEntry>(engines) as [PlainEngineName, EngineEntry][];

const namesWithPrecision = (): EngineName[] =>
  entries().flatMap(([name, { precisions = [] }]) => precisions.map((p) => `${name}+${p}` as EngineName));

const entryOf = (name: string): EngineEntry | undefined =>
  Object.hasOwn(engines, name) ? engines[name as PlainEngineName] : undefined;

const remedyFor = (error: unknown, entry: EngineEntry) => (error instanceof CannotStart ? error.how : entry.how);

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
