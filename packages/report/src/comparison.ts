/**
 * Records to a table: a row per method label, a column per dataset, seeds averaged.
 *
 * A gap is `null`, never zero. A row has an average only if it is whole: every dataset of the table finished, and no
 * run of it diverged, because an average over the datasets that went well flatters.
 */
import type { RunRecord } from "@dit-bench/record";
import { byText, comparableRecords } from "./comparable.ts";
import { type Pairing, rankRows } from "./ranking.ts";
import { geometricMean, mean, sampleVariance, twoSidedT } from "./statistics.ts";

/** Level of every interval in a comparison. */
export const level = 0.95;

export interface Comparison {
  protocol: string;
  recipes: string[];
  /** True where data, base model or extractor are the miniatures. */
  miniature: boolean;
  /** Columns, by title. */
  datasets: { name: string; title: string }[];
  /** Full fine-tuning first, then by average, then the rows that have none, by label. */
  rows: MethodRow[];
  /** The base model without fine-tuning, sampled with its null class. */
  floor: ScoreRow;
  /** Where the noise of the averages was taken from: see {@link Average}. */
  noise: "seeds" | "samples";
  /** What the ranks were paired over; null where there was nothing to pair, and no rank. */
  pairing: Pairing | null;
  /** The records behind it all: by label, dataset, seed. */
  records: RunRecord[];
}

export interface ScoreRow {
  /** One per dataset of the table. */
  cells: Cell[];
  average: Average | null;
}

export interface MethodRow extends ScoreRow {
  method: string;
  label: string;
  /** Full fine-tuning: what the cheaper methods are measured against. */
  ceiling: boolean;
  /** 1 + the number of methods that are better by more than the interval of the difference; null if not ranked. */
  rank: number | null;
  /** Trainable weights; they differ between datasets by the class embedding. */
  trainable: { mean: number; min: number; max: number };
  /** Trainable weights in percent of the model's, averaged over the runs. */
  percent: number;
  /** Training time relative to full fine-tuning (geometric mean of pairs); null where there is no fair pair. */
  relativeTime: number | null;
}

export interface Cell {
  /** FID of each finished run, in the order of `seeds`. */
  fids: number[];
  seeds: number[];
  /** Seeds of the runs that diverged. */
  diverged: number[];
  /** Null where no run finished. */
  mean: number | null;
  /** Standard deviation over seeds; null for fewer than two. */
  deviation: number | null;
}

/**
 * Mean over the datasets of the table, with its 95 % interval. The datasets are fixed, so their spread is no noise.
 * `seeds`: the noise is the spread over seeds within each cell (every cell has at least two), degrees of freedom after
 * Welch (1947) and Satterthwaite (1946). `samples`: some cell has one seed only, and the noise is that of the finite number of
 * samples, from each run's own FID interval; the noise of training itself is then unknown and missing.
 */
export interface Average {
  mean: number;
  standardError: number;
  interval: [low: number, high: number];
}

/** Throws if the records cannot stand in one table: more than one protocol, extractor, base model … */
export function comparison(records: readonly RunRecord[]): Comparison {
  const sorted = comparableRecords(records);
  const titles = new Map(sorted.map(({ cell }) => [cell.dataset, cell.datasetTitle]));
  const datasets = [...titles]
    .map(([name, title]) => ({ name, title }))
    .sort((a, b) => byText(a.title.toLowerCase(), b.title.toLowerCase()) || byText(a.name, b.name));

  const labels = [...new Set(sorted.map((record) => record.cell.methodLabel))];
  const methodScores = labels.map((label) => {
    const own = sorted.filter((record) => record.cell.methodLabel === label);
    return scores(own.map(methodScore), datasets);
  });
  const floorScores = scores(floorOf(sorted), datasets);
  const averaged = [...methodScores, floorScores].filter(isWhole);
  const noise = averaged.every((columns) => columns.every((column) => column.length > 1)) ? "seeds" : "samples";

  const rows = labels.map((label, index) => {
    const own = sorted.filter((record) => record.cell.methodLabel === label);
    return methodRow(own, sorted, methodScores[index]!, noise);
  });
  const ranking = rankRows(rows, level);
  return {
    protocol: sorted[0]!.protocol,
    recipes: [...new Set(sorted.map((record) => record.recipe))].sort(byText),
    miniature: sorted.some((record) => record.miniature),
    datasets,
    rows: rows.map((row, index) => ({ ...row, rank: ranking.ranks[index]! })).sort(byPlace),
    floor: scoreRow(floorScores, noise),
    noise,
    pairing: ranking.pairing,
    records: sorted,
  };
}

/** One run's FID; `fid` is null if it diverged. */
interface Score {
  dataset: string;
  seed: number;
  fid: number | null;
  /** Squared standard error of the FID, from its interval. */
  variance: number;
}

function methodScore({ cell, metrics }: RunRecord): Score {
  const { dataset, seed } = cell;
  if (metrics === null) return { dataset, seed, fid: null, variance: 0 };
  return { dataset, seed, fid: metrics.fid, variance: intervalVariance(metrics.fidInterval, metrics.intervalLevel) };
}

/** The base model's scores, one per dataset and seed: the runs of all methods scored the same samples. */
function floorOf(records: readonly RunRecord[]): Score[] {
  const scores = new Map<string, Score>();
  for (const { cell, metrics } of records) {
    const key = JSON.stringify([cell.dataset, cell.seed]);
    if (metrics === null || scores.has(key)) continue;
    const variance = intervalVariance(metrics.baseFidInterval, metrics.intervalLevel);
    scores.set(key, { dataset: cell.dataset, seed: cell.seed, fid: metrics.baseFid, variance });
  }
  return [...scores.values()];
}

function intervalVariance([low, high]: readonly [number, number], intervalLevel: number): number {
  return ((high - low) / 2 / twoSidedT(intervalLevel, Number.POSITIVE_INFINITY)) ** 2;
}

/** Scores by column, each in seed order. */
function scores(all: readonly Score[], datasets: Comparison["datasets"]): Score[][] {
  return datasets.map(({ name }) => all.filter((score) => score.dataset === name).sort((a, b) => a.seed - b.seed));
}

function isWhole(columns: readonly Score[][]): boolean {
  return columns.every((column) => column.length > 0 && column.every((score) => score.fid !== null));
}

function scoreRow(columns: Score[][], noise: Comparison["noise"]): ScoreRow {
  return { cells: columns.map(toCell), average: isWhole(columns) ? toAverage(columns, noise) : null };
}

function toCell(column: readonly Score[]): Cell {
  const finished = column.filter((score) => score.fid !== null);
  const fids = finished.map((score) => score.fid!);
  const variance = sampleVariance(fids);
  return {
    fids,
    seeds: finished.map((score) => score.seed),
    diverged: column.filter((score) => score.fid === null).map((score) => score.seed),
    mean: fids.length === 0 ? null : mean(fids),
    deviation: variance === null ? null : Math.sqrt(variance),
  };
}

function toAverage(columns: readonly Score[][], noise: Comparison["noise"]): Average {
  const fids = columns.map((column) => column.map((score) => score.fid!));
  const centre = mean(fids.map(mean));
  // Squared standard error of each cell's mean, and the degrees of freedom it was estimated with.
  const parts = columns.map((column, index) => {
    const n = column.length;
    if (noise === "samples") {
      return { variance: mean(column.map((score) => score.variance)) / n, degrees: Number.POSITIVE_INFINITY };
    }
    return { variance: (sampleVariance(fids[index]!) ?? 0) / n, degrees: n - 1 };
  });
  const total = parts.reduce((sum, part) => sum + part.variance, 0);
  const standardError = Math.sqrt(total) / columns.length;
  const spread = parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  const degrees = spread > 0 ? total ** 2 / spread : Number.POSITIVE_INFINITY;
  const reach = standardError === 0 ? 0 : twoSidedT(level, degrees) * standardError;
  return { mean: centre, standardError, interval: [centre - reach, centre + reach] };
}

function methodRow(
  own: readonly RunRecord[],
  all: readonly RunRecord[],
  columns: Score[][],
  noise: Comparison["noise"],
): Omit<MethodRow, "rank"> {
  const { method, methodLabel: label } = own[0]!.cell;
  const trainable = own.map((record) => record.parameters.trainable);
  return {
    method,
    label,
    ceiling: method === "full",
    ...scoreRow(columns, noise),
    trainable: { mean: mean(trainable), min: Math.min(...trainable), max: Math.max(...trainable) },
    percent: mean(own.map(({ parameters }) => (100 * parameters.trainable) / parameters.model)),
    relativeTime: relativeTime(own, all),
  };
}

/** Over the cells where full fine-tuning finished on the same dataset and seed, with the same machine and engine. */
function relativeTime(own: readonly RunRecord[], all: readonly RunRecord[]): number | null {
  const full = all.filter((record) => record.cell.method === "full" && wasTimed(record));
  const ratios = own.filter(wasTimed).flatMap((record) => {
    const reference = full.find((other) => circumstances(other) === circumstances(record));
    return reference === undefined ? [] : [record.times.train / reference.times.train];
  });
  return ratios.length === 0 ? null : geometricMean(ratios);
}

function wasTimed({ exit, times }: RunRecord): boolean {
  return exit === "finished" && times.train > 0;
}

function circumstances({ cell, machine, engine }: RunRecord): string {
  return JSON.stringify([
    cell.dataset,
    cell.seed,
    machine.cpu,
    machine.cores,
    machine.gpu,
    engine.name,
    engine.threads,
  ]);
}

function byPlace(a: MethodRow, b: MethodRow): number {
  const place = (row: MethodRow) => (row.ceiling ? 0 : row.average !== null ? 1 : 2);
  const averages = (a.average?.mean ?? 0) - (b.average?.mean ?? 0);
  return place(a) - place(b) || averages || byText(a.label, b.label);
}
