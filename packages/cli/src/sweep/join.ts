// Joins a sweep with the choices that its file already holds, so that methods can be swept one after the other into one
// file. All choices of a file have the same recipe, protocol, seed, datasets and score.

import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { readSweep, type Sweep, type SweepRun, type SweptMethod } from "@dit-bench/record";
import { joinWithAnd } from "@dit-bench/report";
import { BenchError } from "@dit-bench/runner";
import { shownPath } from "../print.ts";
import { chooseValues, type TriedMethod } from "./choose.ts";
import { formatChoice, formatValue, optionKey, optionTitle } from "./value-text.ts";

/** What all choices of a file have in common. */
export type SweepConditions = Pick<Sweep, "recipe" | "protocol" | "seed" | "datasets">;

/** The part of a method's entry that says what was varied, and at which settings. */
type Varied = Pick<SweptMethod, "method" | "option" | "options" | "learningRate">;

/** The content of a sweep's file, and what a sweep changes in it. */
export interface JoinedSweep {
  /** The content of the file. */
  readonly sweep: Sweep;
  /** The methods of this sweep alone, with what it chose. */
  readonly own: Sweep;
  /** Sentences for the user about choices of earlier sweeps. */
  readonly notes: readonly string[];
}

/**
 * The sweep in a file; undefined if there is no file, or if it holds no choice that could be lost. Throws BenchError
 * (usage) for a file that is no sweep.
 */
export async function readEarlierSweep(path: string): Promise<Sweep | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    const { sweep } = await readSweep(path);
    return sweep.methods.some(({ chosen }) => chosen !== undefined) ? sweep : undefined;
  } catch (error) {
    throw new BenchError(
      "usage",
      `${shownPath(path)} is there and would be replaced, but it is no sweep that this version can read; ` +
        `delete it, or give another file with --output (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/**
 * Throws BenchError (usage) if the choices of a file and those of a new sweep cannot stand beside each other, or if the
 * sweep would replace a choice of another option. Called before the runs, when the datasets have titles but own images
 * have no digest yet, and again after them.
 *
 * @param path of the file, for the message
 */
export function requireJoinable(
  path: string,
  earlier: Sweep,
  now: Omit<SweepConditions, "datasets"> & { readonly datasets: readonly { name?: string; title: string }[] },
  methods: readonly Varied[],
): void {
  const refuse = (difference: string) => refusal(path, earlier, difference);
  for (const key of ["recipe", "protocol", "seed"] as const)
    if (earlier[key] !== now[key]) throw refuse(`its ${key} is ${earlier[key]}, that of this sweep is ${now[key]}`);
  for (const key of ["title", "name"] as const) {
    if (now.datasets.some((dataset) => dataset[key] === undefined)) continue;
    const [before, after] = [earlier, now].map(({ datasets }) => datasets.map((one) => one[key]!));
    if (!isDeepStrictEqual(new Set(before), new Set(after)))
      throw refuse(`they were made on ${joinWithAnd(before!)}; this sweep is on ${joinWithAnd(after!)}`);
  }
  for (const method of methods) {
    const other = earlier.methods.find((one) => one.method === method.method);
    if (other?.chosen === undefined) continue;
    if (other.option !== method.option)
      throw refuse(
        `${method.method} was swept over its ${optionTitle(other.option)}, not its ` +
          `${optionTitle(method.option)}${describeSetting(other, other.chosen)}`,
      );
    const [before, after] = [other, method].map(({ options, learningRate = null }) =>
      JSON.parse(JSON.stringify({ options, learningRate })),
    );
    if (!isDeepStrictEqual(before, after))
      throw refuse(
        `${method.method} was swept with ${JSON.stringify(before)}, this sweep has ${JSON.stringify(after)}`,
      );
  }
}

const refusal = (path: string, { methods }: Sweep, difference: string): BenchError =>
  new BenchError(
    "usage",
    `${shownPath(path)} holds choices of an earlier sweep (${methods.map(({ method }) => method).join(", ")}), and ` +
      `${difference}; give another file with --output, or delete this one: the runs stay`,
  );

/** How to keep an earlier choice while another option is swept. */
const describeSetting = (swept: SweptMethod, { value }: NonNullable<SweptMethod["chosen"]>): string =>
  `; its choice can be kept with --set ${optionKey(swept)}=${JSON.stringify(value)}`;

/**
 * Chooses values for the methods of a sweep, and joins them with the choices of an earlier one. A method without a
 * choice, such as one with a missing run, does not replace an earlier choice. Throws like `requireJoinable`.
 *
 * @param path of the file, for messages
 */
export function joinSweeps(
  path: string,
  earlier: Sweep | undefined,
  now: SweepConditions,
  methods: readonly TriedMethod[],
): JoinedSweep {
  if (earlier === undefined) {
    const sweep = chooseValues(now, methods);
    return { sweep, own: sweep, notes: [] };
  }
  requireJoinable(path, earlier, now, methods);
  // The file keeps its order of datasets, so that a repeated sweep writes equal bytes.
  const conditions = { ...now, datasets: earlier.datasets };
  const tried = methods.map((method) => inOrder(method, earlier.datasets));
  const fresh = chooseValues(conditions, tried);
  const replaces = (name: string) => {
    const [before, after] = [earlier, fresh].map((one) => one.methods.find(({ method }) => method === name));
    return after !== undefined && (before?.chosen === undefined || after.chosen !== undefined);
  };
  const names = [...new Set([...earlier.methods, ...methods].map(({ method }) => method))];
  const sources = [...tried, ...earlier.methods.map(toTried)];
  const joined = names.map((name) => {
    const ofName = sources.filter(({ method }) => method === name);
    return replaces(name) ? ofName[0]! : ofName.at(-1)!;
  });
  const sweep = chooseValues(conditions, joined);
  if (sweep.criterion !== earlier.criterion)
    throw refusal(path, earlier, `not all runs have the score by which these were chosen, ${earlier.criterion}`);
  const own = fresh.methods.map((one) =>
    replaces(one.method) ? sweep.methods.find(({ method }) => method === one.method)! : one,
  );
  return { sweep, own: { ...sweep, methods: own }, notes: describeEarlier(path, earlier, fresh) };
}

/** The runs of a method in the order of these datasets. */
function inOrder(method: TriedMethod, datasets: SweepConditions["datasets"]): TriedMethod {
  const sorted = (runs: readonly SweepRun[]) =>
    datasets.map(({ name }) => runs.find(({ dataset }) => dataset === name)!);
  return { ...method, values: method.values.map(({ value, runs }) => ({ value, runs: sorted(runs) })) };
}

/** An entry of a file without what follows from its runs. */
function toTried({ runs: _runs, chosen: _chosen, problem: _problem, edge: _edge, ...entry }: SweptMethod): TriedMethod {
  return { ...entry, values: entry.values.map(({ value, runs }) => ({ value, runs })) };
}

function describeEarlier(path: string, earlier: Sweep, fresh: Sweep): string[] {
  const others = earlier.methods.filter(({ method }) => fresh.methods.every((one) => one.method !== method));
  const kept = others.map(({ label, option, chosen }) =>
    chosen === undefined ? `${label} (nothing chosen)` : `${label} (${formatChoice(option, chosen.value)})`,
  );
  const changes = fresh.methods.flatMap(({ method, label, option, chosen, values }) => {
    const before = earlier.methods.find((one) => one.method === method);
    if (before?.chosen === undefined) return [];
    const choice = formatChoice(option, before.chosen.value);
    if (chosen === undefined) return [`${label}: the file keeps the earlier choice, ${choice}.`];
    const tried = (list: SweptMethod["values"]) => list.map(({ value }) => value);
    if (isDeepStrictEqual(tried(values), tried(before.values))) return [];
    return [
      `${label}: this sweep replaces the earlier choice, ${choice}, which was the best of ` +
        `${tried(before.values).map(formatValue).join(", ")}.`,
    ];
  });
  if (kept.length === 0) return changes;
  const choices = `the choices of earlier sweeps under the same conditions: ${joinWithAnd(kept)}`;
  return [...changes, `${shownPath(path)} also keeps ${choices}.`];
}
