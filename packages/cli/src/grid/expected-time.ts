// The time that a grid or a sweep will take, before it starts: by the times of finished runs in its folder that this
// machine made in the same way, and for other cells by the estimate of `bench run --dry-run`. That estimate runs the
// method, so a method of a plug-in has none: if it loops or ends its process, that must cost its own cells only.

import type { Engine } from "@dit-bench/compiler";
import type { AnyMethod } from "@dit-bench/method";
import { findRecords, type RunRecord } from "@dit-bench/record";
import { joinWithAnd } from "@dit-bench/report";
import {
  type DatasetChoice,
  datasetTitle,
  gemmThroughput,
  machine,
  planRun,
  protocolFolder,
  type Recipe,
} from "@dit-bench/runner";
import { printable, quantity } from "@dit-bench/text";
import { formatDuration } from "../progress.ts";
import type { CoreShare } from "./share-cores.ts";

/** A method with its settings, which has a cell for each dataset and seed. */
export interface GridRow {
  /** The recipe, or its variant. */
  readonly recipe: Recipe;
  readonly method: AnyMethod;
  readonly options: object;
  readonly learningRate?: number | undefined;
}

export interface ExpectedTimeTask extends CoreShare {
  readonly rows: readonly GridRow[];
  readonly datasets: readonly DatasetChoice[];
  readonly seeds: readonly number[];
  /** Where runs are kept. */
  readonly out: string;
  /** Starts the engine of the cells, with their number of threads. */
  startEngine(): Promise<Engine>;
}

/** A stage of a plan that one cell does for several. */
const isShared = (stage: string): boolean => stage.includes("once for all runs");

/** Returns a line for the user. It never throws: a grid does not depend on its estimate. */
export async function describeExpectedTime(task: ExpectedTimeTask): Promise<string> {
  try {
    return await estimate(task);
  } catch (error) {
    return `expected time: not known (${printable((error as Error).message)})`;
  }
}

async function estimate({ rows, datasets, seeds, out, jobs, threads, startEngine }: ExpectedTimeTask): Promise<string> {
  const records = await findRecords(protocolFolder(out, rows[0]!.recipe)).then(
    (found) => found.records.map(({ record }) => record),
    () => [], // there is no folder before the first run
  );
  const engine = await startEngine();
  const typical = records.filter(isLikeHere(engine, threads));
  let rate: number | undefined;
  const used = new Set<RunRecord>();
  const seconds: number[] = [];
  const unknown = new Map<string, number>();
  for (const dataset of datasets)
    for (const [index, { recipe, ...row }] of rows.entries()) {
      // Times are inverse to the rate, which is measured only if it is needed.
      const plan =
        row.method.plugin === undefined ? await planRun(recipe, { ...row, dataset, gemmThroughput: 1 }) : undefined;
      const isOfCell = ({ cell }: RunRecord) => isOf(cell, row.method.name, recipe, dataset);
      const label = plan?.method;
      const done = records.filter(
        (record) => isOfCell(record) && (label ?? record.cell.methodLabel) === record.cell.methodLabel,
      );
      const cellsLeft = seeds.filter((seed) => done.every(({ cell }) => cell.seed !== seed)).length;
      if (cellsLeft === 0) continue;
      const sameRow = typical.filter(({ cell }) => isOfRow(cell, row.method.name, recipe));
      const sameCell = sameRow.filter(isOfCell);
      const peers = sameCell.length > 0 ? sameCell : sameRow;
      for (const record of peers) used.add(record);
      if (peers.length === 0 && plan === undefined) {
        unknown.set(row.method.name, (unknown.get(row.method.name) ?? 0) + cellsLeft);
        continue;
      }
      if (peers.length === 0) rate ??= await gemmThroughput(engine);
      const own = Object.entries(plan?.seconds ?? {}).filter(([stage]) => index === 0 || !isShared(stage));
      const expected =
        peers.length > 0
          ? peers.reduce((sum, { times }) => sum + times.total, 0) / peers.length
          : own.reduce((sum, [, work]) => sum + work, 0) / rate!;
      seconds.push(...Array.from({ length: cellsLeft }, () => expected));
    }
  const cells = rows.length * datasets.length * seeds.length;
  return describe({ seconds, unknown, cells, jobs, runs: used.size, isMeasured: rate !== undefined });
}

/** Returns whether a run was made from its start to its end on this machine, by this engine with as many threads. */
function isLikeHere(engine: Engine, threads: number): (record: RunRecord) => boolean {
  const here = machine(engine.adapter);
  return ({ exit, training, engine: used, machine: there }) =>
    exit === "finished" &&
    training.resumes === 0 &&
    training.continuedFrom === undefined &&
    used.name === engine.name &&
    used.threads === threads &&
    (["cpu", "cores", "gpu"] as const).every((key) => there[key] === here[key]);
}

const isOfRow = (cell: RunRecord["cell"], method: string, { variant }: Recipe): boolean =>
  cell.method === method && cell.variant?.name === variant?.name;

const isOf = (cell: RunRecord["cell"], method: string, recipe: Recipe, dataset: DatasetChoice): boolean =>
  isOfRow(cell, method, recipe) &&
  (dataset.folder === undefined ? cell.dataset === dataset.name : cell.datasetTitle === datasetTitle(dataset));

interface Estimate {
  /** Seconds of each cell that is left. */
  readonly seconds: readonly number[];
  /** Methods without an estimate, with the number of their cells that are left. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Number of all cells. */
  readonly cells: number;
  readonly jobs: number;
  /** Number of finished runs whose times were used. */
  readonly runs: number;
  /** Whether the throughput of this machine was measured. */
  readonly isMeasured: boolean;
}

function describe({ seconds, unknown, cells, jobs, runs, isMeasured }: Estimate): string {
  const others = [...unknown].map(
    ([method, count]) => `${quantity(count, "cell")} of ${printable(method)}, which has no finished run here`,
  );
  if (seconds.length === 0)
    return others.length === 0
      ? "expected time: none, all cells are finished"
      : `expected time: not known for ${joinWithAnd(others)}`;
  const done = cells - seconds.length - [...unknown.values()].reduce((sum, count) => sum + count, 0);
  const sources = [
    ...(runs > 0 ? [`by the times of ${quantity(runs, "finished run")} on this machine`] : []),
    ...(isMeasured ? [`${runs > 0 ? "for the others " : ""}estimated from its GEMM throughput, as by --dry-run`] : []),
    ...(others.length > 0 ? [`without ${joinWithAnd(others)}`] : []),
  ];
  return (
    `expected time: about ${formatDuration(makespan(seconds, jobs))} for ${quantity(seconds.length, "cell")}` +
    `${done > 0 ? ` (${done} of ${cells} are finished)` : ""}, ${sources.join(", ")}`
  );
}

/** Seconds until the last cell ends, if each starts as soon as one of the jobs is free. */
function makespan(seconds: readonly number[], jobs: number): number {
  const ends = Array.from({ length: jobs }, () => 0);
  for (const duration of seconds) ends[ends.indexOf(Math.min(...ends))]! += duration;
  return Math.max(...ends);
}
