// Turns records into a table: one row per method label, one column per dataset, seeds averaged.
//
// A missing value is `null`, never zero. A row has an average only if every dataset of the table has a finished run and
// no run of the row diverged: an average over the successful datasets would favour methods that fail on hard ones.

import type { RunRecord } from "@dit-bench/record";
import { byText, comparableRecords, type PathOf, rowLabels } from "./comparable.ts";
import { metricNamed } from "./metrics.ts";
import { type Pairing, rankRows } from "./ranking.ts";
import { relativeToFull } from "./relative.ts";
import { baseScores, type IntervalBasis, methodScore, type ScoreRow, scoreRow } from "./scores.ts";

export interface Comparison {
  protocol: string;
  recipes: string[];
  /** True if data, base model or extractor are miniatures. */
  miniature: boolean;
  /** One column each, sorted by title. Titles are unique. */
  datasets: { name: string; title: string }[];
  /** Full fine-tuning first, then rows by average, then rows without one by label. */
  rows: MethodRow[];
  /** The base model without fine-tuning: where runs of the recipe itself start from. */
  base: BaseRow;
  /** The last rows of tables: the same, unless no such run exists, and what the runs of each variant start from. */
  bases: BaseRow[];
  /** Whether the ranks compare FIDs per dataset or per seed; null where no row has a rank. */
  pairing: Pairing | null;
  /** The basis of the ranked averages; null if no row has a rank. */
  rankedBasis: IntervalBasis | null;
  /** The compared records, each cell once, sorted by label, dataset and seed. */
  records: RunRecord[];
}

/** The title of a variant of the recipe; null for the recipe itself. */
type VariantTitle = string | null;

export interface BaseRow extends ScoreRow {
  /** `Base model`, with the title of the variant. */
  label: string;
  variant: VariantTitle;
  records: RunRecord[];
}

export interface MethodRow extends ScoreRow {
  method: string;
  label: string;
  variant: VariantTitle;
  /** True for full fine-tuning with the recipe itself, the reference for the cheaper methods. */
  full: boolean;
  /** 1 + the number of methods that are better by more than chance; null if not ranked. */
  rank: number | null;
  /** Training time over that of full fine-tuning: geometric mean of comparable pairs of runs; null without a pair. */
  relativeTime: number | null;
  /** Its 95 % interval; null for fewer than two pairs, for equal ones, and for the reference itself. */
  relativeTimeInterval: readonly [low: number, high: number] | null;
  /** Sampling time over that of full fine-tuning, in the same way. */
  relativeSamplingTime: number | null;
  /** The runs of the row. */
  records: RunRecord[];
}

/** The score that ranks methods. */
const fid = metricNamed("fid");

export interface ComparisonOptions {
  /** Path of the file of a record, for errors that name the files. */
  pathOf?: PathOf;
}

/**
 * Compares the methods of `records`.
 * Throws a ComparisonError if the records cannot share a table: more than one protocol, extractor, base model …
 */
export function comparison(records: readonly RunRecord[], { pathOf }: ComparisonOptions = {}): Comparison {
  const sorted = comparableRecords(records, pathOf);
  const datasets = datasetColumns(sorted);
  const labelOf = rowLabels(sorted);
  const labels = [...new Set(sorted.map(labelOf))];
  const relativeTime = relativeToFull(sorted, ({ times }) => times.train);
  const relativeSamplingTime = relativeToFull(sorted, ({ times }) => times.sample ?? 0);
  const rows = labels.map((label): Omit<MethodRow, "rank"> => {
    const methodRecords = sorted.filter((record) => labelOf(record) === label);
    const { method, variant } = methodRecords[0]!.cell;
    const full = method === "full" && variant === undefined;
    const time = relativeTime(methodRecords);
    return {
      method,
      label,
      variant: variant?.title ?? null,
      full,
      ...scoreRow(
        methodRecords.map((record) => methodScore(record, fid)),
        datasets,
        fid.bounds,
      ),
      relativeTime: time?.ratio ?? null,
      relativeTimeInterval: full ? null : (time?.interval ?? null),
      relativeSamplingTime: relativeSamplingTime(methodRecords)?.ratio ?? null,
      records: methodRecords,
    };
  });
  const { ranks, pairing, basis } = rankRows(rows);
  const base = baseRow(sorted, datasets, null);
  const variants = [...new Set(sorted.flatMap(({ cell }) => cell.variant?.title ?? []))].sort(byText);
  return {
    protocol: sorted[0]!.protocol,
    recipes: [...new Set(sorted.map((record) => record.recipe))].sort(byText),
    miniature: sorted.some((record) => record.miniature),
    datasets,
    rows: rows.map((row, index) => ({ ...row, rank: ranks[index]! })).sort(byPlace),
    base,
    bases: [
      ...(base.records.length > 0 ? [base] : []),
      ...variants.map((variant) => baseRow(sorted, datasets, variant)),
    ],
    pairing,
    rankedBasis: basis,
    records: sorted,
  };
}

function baseRow(records: readonly RunRecord[], datasets: Comparison["datasets"], variant: VariantTitle): BaseRow {
  const own = records.filter(({ cell }) => (cell.variant?.title ?? null) === variant);
  const label = variant === null ? "Base model" : `Base model (${variant})`;
  return { label, variant, records: own, ...scoreRow(baseScores(own, fid), datasets, fid.bounds) };
}

/** Datasets that share a title, such as two image folders, get the digest at the end of their names appended. */
function datasetColumns(records: readonly RunRecord[]): Comparison["datasets"] {
  const titles = new Map(records.map(({ cell }) => [cell.dataset, cell.datasetTitle]));
  const shared = (title: string) => [...titles.values()].filter((other) => other === title).length > 1;
  return [...titles]
    .map(([name, title]) => {
      const digest = /-([0-9a-f]{8})$/.exec(name)?.[1];
      return { name, title: shared(title) ? `${title} (${digest ?? name})` : title };
    })
    .sort((a, b) => byText(a.title.toLowerCase(), b.title.toLowerCase()) || byText(a.name, b.name));
}

function byPlace(a: MethodRow, b: MethodRow): number {
  const place = (row: MethodRow) => (row.full ? 0 : row.average !== null ? 1 : 2);
  const isMissing = (row: MethodRow) => Number(row.average === null);
  const averages = (a.average?.mean ?? 0) - (b.average?.mean ?? 0);
  return place(a) - place(b) || isMissing(a) - isMissing(b) || averages || byText(a.label, b.label);
}
