// The table of methods and the table of datasets as cells, before they become Markdown or LaTeX.

import { quantity } from "@dit-bench/text";
import { type Column, gap, type TableCell } from "./columns.ts";
import type { Comparison } from "./comparison.ts";
import { formatFid } from "./format.ts";
import { type Cell, comparedMean } from "./scores.ts";

export interface PrintOptions {
  /** Paths of records that could not be read; the page names them. */
  leftOut?: readonly string[];
  /** Names of the columns of the table of methods; the usual ones if undefined. */
  columns?: readonly string[] | undefined;
  /** Adds the table of the DiffFit paper. */
  withPaper?: boolean;
}

export interface PrintedTable {
  readonly headings: readonly string[];
  /** One line per method, then `bases` lines of the base model. */
  readonly lines: readonly { readonly label: string; readonly cells: readonly PrintedCell[] }[];
  readonly bases: number;
}

export interface PrintedCell extends Pick<TableCell, "text" | "interval"> {
  /** True for the best number of a column. */
  readonly isBest?: boolean;
  /** Standard deviation over seeds. */
  readonly deviation?: string;
  /** Remarks such as `1 seed`; they are printed in parentheses. */
  readonly remarks?: readonly string[];
}

/** One line per method: its scores and costs. Labels are not escaped. */
export function methodTable(comparison: Comparison, columns: readonly Column[]): PrintedTable {
  const cells = columns.map((column) => comparison.rows.map((row) => column.cell(row, comparison)));
  const best = columns.map((column, place) => bestValue(column, cells[place]!));
  return {
    headings: columns.map((column) => column.heading(comparison)),
    bases: comparison.bases.length,
    lines: [
      ...comparison.rows.map(({ label }, index) => ({
        label,
        cells: cells.map((column, place) => {
          const { value, ...cell } = column[index]!;
          return { ...cell, isBest: value !== undefined && value === best[place] };
        }),
      })),
      ...comparison.bases.map((row) => ({
        label: row.label,
        cells: columns.map((column) => column.base(row, comparison)),
      })),
    ],
  };
}

/** One line per method: its FID on each dataset. Labels and titles are not escaped. */
export function datasetTable(comparison: Comparison): PrintedTable {
  const { datasets, rows } = comparison;
  const best = datasets.map((_, index) => lowest(rows.map((row) => comparedMean(row.cells[index]!))));
  const seeds = commonSeedCount(comparison);
  return {
    headings: datasets.map(({ title }) => title),
    bases: comparison.bases.length,
    lines: [
      ...rows.map(({ label, cells }) => ({
        label,
        cells: cells.map((cell, index) => datasetCell(cell, seeds, comparedMean(cell) === best[index])),
      })),
      ...comparison.bases.map(({ label, cells }) => ({
        label,
        cells: cells.map((cell) => datasetCell(cell, seeds, false)),
      })),
    ],
  };
}

function datasetCell({ mean, deviation, diverged, seeds }: Cell, usualSeeds: number, isBest: boolean): PrintedCell {
  if (mean === null) return { text: diverged.length > 0 ? "diverged" : gap };
  const remarks = [
    diverged.length > 0 ? `${diverged.length} diverged` : null,
    seeds.length === usualSeeds ? null : quantity(seeds.length, "seed"),
  ].filter((remark) => remark !== null);
  return {
    text: formatFid(mean),
    isBest,
    ...(deviation === null ? {} : { deviation: formatFid(deviation) }),
    remarks,
  };
}

function bestValue({ best }: Column, cells: readonly TableCell[]): number | undefined {
  if (best === undefined) return undefined;
  const values = cells.flatMap(({ value }) => value ?? []);
  return best === "lower" ? Math.min(...values) : Math.max(...values);
}

function lowest(values: readonly (number | null)[]): number {
  return Math.min(...values.filter((value) => value !== null));
}

/** The number of seeds that most cells have, so that only the others need to state theirs. */
function commonSeedCount({ rows }: Comparison): number {
  const counts = rows.flatMap((row) => row.cells.map((cell) => cell.seeds.length)).filter((count) => count > 0);
  const frequency = (count: number) => counts.filter((other) => other === count).length;
  return counts.reduce((best, count) => {
    const gain = frequency(count) - frequency(best);
    return gain > 0 || (gain === 0 && count > best) ? count : best;
  }, 0);
}
