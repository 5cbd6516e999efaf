// The table of methods: FID with its interval, rank, scores and costs. If they are too many for the width of a screen,
// the scores that are not among the usual columns are in a second table.

import { chooseColumns, gap, meanText, samplesMark } from "../columns.ts";
import type { Comparison } from "../comparison.ts";
import { formatFid, formatRatio } from "../format.ts";
import type { Metric } from "../metrics.ts";
import type { ScoreRow } from "../scores.ts";
import { type Html, html } from "./html.ts";
import { shownMetrics } from "./make-data.ts";
import { pageMarks } from "./marks.ts";
import { averageOf, baseAverageOf } from "./metric-average.ts";
import type { Mark } from "./page-data.ts";
import { type SortableCell, type SortableColumn, sortableTable } from "./sortable-table.ts";

/** A column with its cells: one per method, then one per base model. */
interface Column extends SortableColumn {
  cells: SortableCell[];
}

/** Beside the FID. More columns are wider than 1,280 pixels. */
const mostMetrics = 8;

export function methodsTables(comparison: Comparison): Html {
  const others = shownMetrics(comparison).filter(({ name }) => name !== "fid");
  const usual = new Set(
    others.length <= mostMetrics
      ? others.map(({ name }) => name)
      : chooseColumns(comparison.records).map(({ column }) => column.name),
  );
  const columnsOf = (chosen: readonly Metric[]) => chosen.map((metric) => metricColumn(comparison, metric));
  const further = others.filter(({ name }) => !usual.has(name));
  const labels = labelColumn(comparison);
  const main = sortableTable({
    id: "methods",
    caption: "Methods: scores and costs",
    filter: "Filter the table of methods",
    ...transposed([
      labels,
      fidColumn(comparison),
      rankColumn(comparison),
      ...columnsOf(others.filter(({ name }) => usual.has(name))),
      relativeTimeColumn(comparison),
    ]),
  });
  if (further.length === 0) return main;
  return html`${main}
${sortableTable({ id: "further-scores", caption: "Further scores", ...transposed([labels, ...columnsOf(further)]) })}`;
}

function transposed(columns: readonly Column[]): { columns: readonly Column[]; lines: SortableCell[][] } {
  return { columns, lines: columns[0]!.cells.map((_, line) => columns.map(({ cells }) => cells[line]!)) };
}

function labelColumn({ rows, bases }: Comparison): Column {
  const marks = pageMarks(rows);
  const cells = rows.map(({ label }, index) => ({
    content: html`${markSymbol(marks[index]!, index)} ${label}`,
    sort: label,
  }));
  return {
    heading: "Method",
    first: "ascending",
    cells: [...cells, ...bases.map(({ label }) => ({ content: label, sort: label }))],
  };
}

function fidColumn({ rows, bases, datasets }: Comparison): Column {
  const scale = intervalScale(rows);
  const cells = rows.map((row, index) => averageCell(row, scale, `mark-${index}`));
  return {
    heading: `${datasets.length === 1 ? "FID" : "Average FID"} (95 % interval)`,
    number: true,
    first: "ascending",
    cells: [...withBest(cells, "lower"), ...bases.map((base) => averageCell(base, scale, ""))],
  };
}

function rankColumn({ rows, bases }: Comparison): Column {
  const cells = rows.map(({ rank }) => ({ content: rank ?? gap, sort: rank }));
  return { heading: "Rank", number: true, first: "ascending", cells: [...cells, ...bases.map(() => missing)] };
}

function metricColumn(comparison: Comparison, metric: Metric): Column {
  const { title, heading = title, better, kind, ordered = true } = metric;
  const toCell = (average: { mean: number } | null, text?: string): SortableCell =>
    average === null ? missing : { content: text ?? metric.format(average.mean), sort: average.mean };
  const cells = comparison.rows.map((row) =>
    toCell(
      averageOf(row, metric, comparison.datasets),
      kind === "cost" ? meanText(metric, row.records) : undefined, // with the mark of times under load
    ),
  );
  const baseCells = comparison.bases.map((base) => toCell(baseAverageOf(base, metric, comparison.datasets)));
  return {
    heading,
    number: true,
    first: better === "lower" ? "ascending" : "descending",
    cells: [...(kind === "score" && ordered ? withBest(cells, better) : cells), ...baseCells],
  };
}

function relativeTimeColumn({ rows, bases }: Comparison): Column {
  const cells = rows.map(({ relativeTime }) =>
    relativeTime === null ? missing : { content: formatRatio(relativeTime), sort: relativeTime },
  );
  return { heading: "Relative time", number: true, first: "ascending", cells: [...cells, ...bases.map(() => missing)] };
}

const missing: SortableCell = { content: gap, sort: null };

/** The cells, with the best number of the methods in bold. */
function withBest(cells: readonly SortableCell[], better: Metric["better"]): SortableCell[] {
  const numbers = cells.flatMap(({ sort }) => (typeof sort === "number" ? [sort] : []));
  const best = better === "lower" ? Math.min(...numbers) : Math.max(...numbers);
  return cells.map((cell) => ({ ...cell, best: cell.sort === best }));
}

/** The mark of a method as in the charts, as a small image. @param index of the method's row */
export function markSymbol({ shape, hollow }: Mark, index: number): Html {
  const classes = `mark mark-${index}${hollow ? " hollow" : ""}`;
  return html`<svg class="${classes}" viewBox="-7 -7 14 14" aria-hidden="true">${outlines[shape]}</svg>`;
}

/** Style sheet of the colours of the marks. */
export function markStyles(marks: readonly Mark[]): string {
  return marks.map(({ light, dark }, index) => `.mark-${index} { --mark: light-dark(${light}, ${dark}); }\n`).join("");
}

const outlines: Readonly<Record<Mark["shape"], Html>> = {
  circle: html`<circle r="4.5"/>`,
  rect: html`<path d="M-4-4h8v8h-8z"/>`,
  rectRounded: html`<rect x="-4.5" y="-4.5" width="9" height="9" rx="3"/>`,
  triangle: html`<path d="M0-5L5 4H-5z"/>`,
  rectRot: html`<path d="M0-5.5L5.5 0 0 5.5-5.5 0z"/>`,
  star: html`<path d="M-5 0H5M0-5V5M-3.5-3.5L3.5 3.5M-3.5 3.5L3.5-3.5" stroke-width="1.6"/>`,
  crossRot: html`<path d="M-4-4L4 4M-4 4L4-4" stroke-width="2"/>`,
  cross: html`<path d="M-5 0H5M0-5V5" stroke-width="2"/>`,
};

/** Position of an FID on a scale from 0, the lowest limit of the methods' intervals, to 100, the highest one. */
type Scale = (fid: number) => number;

function intervalScale(rows: readonly ScoreRow[]): Scale {
  const limits = rows.flatMap(({ average }) => average?.interval ?? []);
  const low = Math.min(...limits);
  const span = Math.max(...limits) - low || 1;
  return (fid) => Number(((100 * (fid - low)) / span).toFixed(1));
}

/** The average as text, and as a dot with its interval on the scale. A base model beyond the scale has no dot. */
function averageCell({ average }: ScoreRow, scale: Scale, markClass: string): SortableCell {
  if (average === null) return missing;
  if (average.interval === null) return { sort: average.mean, content: formatFid(average.mean) };
  const [low, high] = average.interval;
  const text = `[${formatFid(low)}, ${formatFid(high)}]${average.basis === "samples" ? samplesMark : ""}`;
  const places = [scale(low), scale(average.mean), scale(high)] as const;
  const isOnScale = places[0] >= 0 && places[2] <= 100;
  return {
    sort: average.mean,
    content: html`${formatFid(average.mean)} <span class="quiet">${text}</span>
${isOnScale ? intervalImage(...places, markClass) : html`<span class="interval quiet"></span>`}`,
  };
}

function intervalImage(left: number, middle: number, right: number, markClass: string): Html {
  return html`<svg class="interval ${markClass}" viewBox="-4 0 108 10" aria-hidden="true">
<path class="rail" d="M0 5H100"/><path class="band" d="M${left} 2H${right}V8H${left}z"/>
<path class="middle" d="M${middle} 0V10"/></svg>`;
}
