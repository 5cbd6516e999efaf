/**
 * Records to a table: a row per method label, a column per dataset, seeds averaged.
 *
 * A gap is `null`, never zero. A row has an average only if it is complete: every dataset of the table finished, and no
 * run of it diverged, because an average over the datasets that went well flatters.
 */
import type { RunRecord } from "@dit-bench/record";
import { byText, comparableRecords, type PathOf, rowLabels } from "./comparable.ts";
import { type Pairing, rankRows } from "./ranking.ts";
import { type Basis, baseScores, methodScore, type ScoreRow, scoreRow } from "./scores.ts";
import { geometricMean } from "./statistics.ts";

export interface Comparison {
  protocol: string;
  recipes: string[];
  /** True where data, base model or extractor are the miniatures. */
  miniature: boolean;
  /** Columns, by title. No two titles are equal. */
  datasets: { name: string; title: string }[];
  /** Full fine-tuning first, then by average, then the rows that have none, by label. */
  rows: MethodRow[];
  /** The base model without fine-tuning, sampled with its null class. */
  base: ScoreRow;
  /** What the ranks were paired over; null where there was nothing to pair, and no rank. */
  pairing: Pairing | null;
  /** The basis of the averages that were ranked; null where there is no rank. */
  rankedBasis: Basis | null;
  /** The records behind it all, each cell once: by label, dataset, seed. */
  records: RunRecord[];
}

export interface MethodRow extends ScoreRow {
  method: string;
  label: string;
  /** Full fine-tuning: what the cheaper methods are measured against. */
  full: boolean;
  /** 1 + the number of methods that are better by more than the interval of the difference; null if not ranked. */
  rank: number | null;
  /** Training time relative to full fine-tuning (geometric mean of pairs); null where there is no fair pair. */
  relativeTime: number | null;
  /** The runs of the row. */
  records: RunRecord[];
}

export interface ComparisonOptions {
  /** Where a record came from, for errors that name the files. */
  pathOf?: PathOf;
}

/** Throws a ComparisonError if the records cannot stand in one table: more than one protocol, extractor, base model … */
export function comparison(records: readonly RunRecord[], { pathOf }: ComparisonOptions = {}): Comparison {
  const sorted = comparableRecords(records, pathOf);
  const datasets = datasetColumns(sorted);
  const labelOf = rowLabels(sorted);
  const labels = [...new Set(sorted.map(labelOf))];
  const rows = labels.map((label): Omit<MethodRow, "rank"> => {
    const own = sorted.filter((record) => labelOf(record) === label);
    const { method } = own[0]!.cell;
    return {
      method,
      label,
      full: method === "full",
      ...scoreRow(own.map(methodScore), datasets),
      relativeTime: relativeTime(own, sorted),
      records: own,
    };
  });
  const { ranks, pairing, basis } = rankRows(rows);
  return {
    protocol: sorted[0]!.protocol,
    recipes: [...new Set(sorted.map((record) => record.recipe))].sort(byText),
    miniature: sorted.some((record) => record.miniature),
    datasets,
    rows: rows.map((row, index) => ({ ...row, rank: ranks[index]! })).sort(byPlace),
    base: scoreRow(baseScores(sorted), datasets),
    pairing,
    rankedBasis: basis,
    records: sorted,
  };
}

/** Two folders of images may have one title: those datasets get the digest at the end of their names after it. */
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
  const place = (row: MethodRow) => (row.full ? 0 : row.average !== null ? 1 : 2);
  const averages = (a.average?.mean ?? 0) - (b.average?.mean ?? 0);
  return place(a) - place(b) || averages || byText(a.label, b.label);
}
