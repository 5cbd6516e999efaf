// The time that a grid or a sweep will take, before it starts: by the times of finished runs in its folder that this
// machine made in the same way, and for other cells by the estimate of `bench run --dry-run`. That estimate runs the
// method, so a method of a plug-in has none: if it loops or ends its process, that must cost its own cells only.

import { isDeepStrictEqual } from "node:util";
import type { Engine } from "@dit-bench/compiler";
import type { AnyMethod } from "@dit-bench/method";
import { findRecords, type RunRecord } from "@dit-bench/record";
import { joinWithAnd } from "@dit-bench/report";
import {
  countImages,
  type DatasetChoice,
  gemmThroughput,
  isRunOf,
  machine,
  planRun,
  protocolFolder,
  type Recipe,
  usedLearningRate,
} from "@dit-bench/runner";
import { printable, quantity } from "@dit-bench/text";
import { formatDuration } from "../progress.ts";
import { makespan } from "./makespan.ts";
import type { CoreShare } from "./share-cores.ts";
import { isWholeTraining } from "./whole-training.ts";

/** A method with its settings, which has a cell for each dataset and seed. */
export interface GridRow {
  /** The recipe, or its variant. */
  readonly recipe: Recipe;
  readonly method: AnyMethod;
  /** All options, as records have them. */
  readonly options: object;
  readonly learningRate?: number | undefined;
}

export interface ExpectedTimeTask extends Pick<CoreShare, "jobs"> {
  readonly rows: readonly GridRow[];
  readonly datasets: readonly DatasetChoice[];
  readonly seeds: readonly number[];
  /** Where runs are kept. */
  readonly out: string;
  /** Starts the engine of the cells, with their number of threads. Not called if no cell is left. */
  startEngine(): Promise<Engine>;
}

/** Returns a line for the user. It never throws: a grid does not depend on its estimate. */
export async function describeExpectedTime(task: ExpectedTimeTask): Promise<string> {
  try {
    return await estimate(task);
  } catch (error) {
    return `expected time: not known (${printable((error as Error).message)})`;
  }
}

/** The cells of a row on a dataset. */
interface RowCells {
  readonly row: GridRow;
  readonly dataset: DatasetChoice;
  /** Number of seeds that have no run. One that diverged is not run again. */
  readonly count: number;
  /** Number of seeds that have a finished run. */
  readonly finished: number;
  /** Whether these cells do what all runs on the dataset share. */
  readonly isFirst: boolean;
}

async function estimate({ rows, datasets, seeds, out, jobs, startEngine }: ExpectedTimeTask): Promise<string> {
  const records = await findRecords(protocolFolder(out, rows[0]!.recipe)).then(
    (found) => found.records.map(({ record }) => record),
    () => [], // there is no folder before the first run
  );
  const all = datasets.flatMap((dataset) =>
    rows.map((row, index): RowCells => {
      const ended = records.filter((record) => isOfRow(row, dataset, record) && hasSettings(row, record));
      const exits = new Map(ended.map(({ cell, exit }) => [cell.seed, exit]));
      const count = seeds.filter((seed) => !exits.has(seed)).length;
      const finished = seeds.filter((seed) => exits.get(seed) === "finished").length;
      return { row, dataset, count, finished, isFirst: index === 0 };
    }),
  );
  const cells = rows.length * datasets.length * seeds.length;
  const finished = all.reduce((sum, one) => sum + one.finished, 0);
  const left = all.filter(({ count }) => count > 0);
  if (left.length === 0)
    return finished === cells
      ? "expected time: none, all cells are finished"
      : `expected time: none, ${finished} of ${cells} cells are finished, and the others diverged before`;
  const engine = await startEngine();
  const typical = records.filter(isLikeHere(engine));
  const countOf = imageCounter();
  let rate: number | undefined;
  const used = new Set<RunRecord>();
  const seconds: number[] = [];
  let estimatedSeconds = 0;
  const unknown = new Map<string, number>();
  for (const { row, dataset, count, isFirst } of left) {
    const { recipe, method } = row;
    const sameCell = typical.filter((record) => isOfRow(row, dataset, record));
    const peers = sameCell.length > 0 ? sameCell : typical.filter(({ cell }) => hasRowNames(row, cell));
    for (const record of peers) used.add(record);
    if (peers.length > 0) {
      const mean = peers.reduce((sum, { times }) => sum + times.total, 0) / peers.length;
      seconds.push(...Array.from({ length: count }, () => mean));
    } else if (method.plugin !== undefined) unknown.set(method.name, (unknown.get(method.name) ?? 0) + count);
    else {
      rate ??= await gemmThroughput(engine);
      const plan = await planRun(recipe, { ...row, dataset, counted: countOf(recipe, dataset), gemmThroughput: rate });
      const own = Object.entries(plan.seconds).filter(([stage]) => isFirst || !plan.sharedStages.includes(stage));
      const expected = own.reduce((sum, [, work]) => sum + work, 0);
      seconds.push(...Array.from({ length: count }, () => expected));
      estimatedSeconds += count * expected;
    }
  }
  // The throughput of a GPU was measured with one process: cells that run at the same time share it.
  const least = engine.adapter === undefined ? 0 : estimatedSeconds;
  const total = Math.max(least, makespan(seconds, jobs));
  const sources = { runs: used.size, isMeasured: rate !== undefined };
  return describe({ total, left: seconds.length, unknown, finished, cells, ...sources });
}

/** Counts the images of each folder once; the other counts need no folder. */
function imageCounter(): typeof countImages {
  const byFolder = new Map<string, ReturnType<typeof countImages>>();
  return (recipe, dataset) => {
    const { folder } = dataset;
    const counted = (folder === undefined ? undefined : byFolder.get(folder)) ?? countImages(recipe, dataset);
    if (folder !== undefined) byFolder.set(folder, counted);
    return counted;
  };
}

/** Returns whether a run was made from its start to its end on this machine, by this engine with as many threads. */
function isLikeHere(engine: Engine): (record: RunRecord) => boolean {
  const here = machine(engine.adapter);
  return (record) =>
    record.exit === "finished" &&
    isWholeTraining(record) &&
    record.engine.name === engine.name &&
    record.engine.threads === engine.threads &&
    (["cpu", "cores", "gpu"] as const).every((key) => record.machine[key] === here[key]);
}

const hasRowNames = ({ method, recipe }: GridRow, cell: RunRecord["cell"]): boolean =>
  cell.method === method.name && cell.variant?.name === recipe.variant?.name;

/** Whether a run is one of this row on this dataset, with any seed, options and learning rate. */
const isOfRow = ({ method, recipe: { variant } }: GridRow, dataset: DatasetChoice, record: RunRecord): boolean =>
  isRunOf({ method: method.name, dataset, seed: record.cell.seed, ...(variant && { variant: variant.name }) }, record);

/** Whether a run has the options and the learning rate of the row. Calls no code of its method. */
const hasSettings = ({ method, recipe, options, learningRate }: GridRow, { cell, training }: RunRecord): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(options)), cell.options) &&
  training.learningRate === usedLearningRate(method, recipe, learningRate);

interface Estimate {
  /** Seconds until the cells with an estimate are finished. */
  readonly total: number;
  /** Number of these cells. */
  readonly left: number;
  /** Methods without an estimate, with the number of their cells that are left. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Number of finished cells. */
  readonly finished: number;
  /** Number of all cells. */
  readonly cells: number;
  /** Number of finished runs whose times were used. */
  readonly runs: number;
  /** Whether the throughput of this machine was measured. */
  readonly isMeasured: boolean;
}

function describe({ total, left, unknown, finished, cells, runs, isMeasured }: Estimate): string {
  const others = [...unknown].map(
    ([method, count]) => `${quantity(count, "cell")} of ${printable(method)}, which has no finished run here`,
  );
  if (left === 0) return `expected time: not known for ${joinWithAnd(others)}`;
  const sources = [
    ...(runs > 0 ? [`by the times of ${quantity(runs, "finished run")} on this machine`] : []),
    ...(isMeasured ? [`${runs > 0 ? "for the others " : ""}estimated from its GEMM throughput, as by --dry-run`] : []),
    ...(others.length > 0 ? [`without ${joinWithAnd(others)}`] : []),
  ];
  return (
    `expected time: about ${formatDuration(total)} for ${quantity(left, "cell")}` +
    `${finished > 0 ? ` (${finished} of ${cells} are finished)` : ""}, ${sources.join(", ")}`
  );
}
