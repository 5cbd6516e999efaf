// The table of methods: FID with its interval, rank, and every other metric.

import { gap } from "../columns.ts";
import type { Comparison } from "../comparison.ts";
import { formatFid, formatRatio } from "../format.ts";
import type { ScoreRow } from "../scores.ts";
import { type Html, html } from "./html.ts";
import { shownMetrics } from "./make-data.ts";
import { pageMarks } from "./marks.ts";
import { averageOf } from "./metric-average.ts";
import type { Mark } from "./page-data.ts";
import { type SortableColumn, sortableTable } from "./sortable-table.ts";

export function methodsTable(comparison: Comparison): Html {
  const { rows, bases, datasets } = comparison;
  const others = shownMetrics(comparison).filter(({ name }) => name !== "fid");
  const marks = pageMarks(rows);
  const fid = datasets.length === 1 ? "FID" : "Average FID";
  const scale = intervalScale(rows);
  const columns: SortableColumn[] = [
    { heading: "Method", first: "ascending" },
    { heading: `${fid} (95 % interval)`, number: true, first: "ascending" },
    { heading: "Rank", number: true, first: "ascending" },
    ...others.map(({ title, heading = title, better }) => ({
      heading,
      number: true,
      first: better === "lower" ? ("ascending" as const) : ("descending" as const),
    })),
    { heading: "Relative time", number: true, first: "ascending" },
  ];
  const lines = rows.map((row, index) => [
    { content: html`${markSymbol(marks[index]!, index)} ${row.label}`, sort: row.label },
    averageCell(row, scale, `mark-${index}`),
    { content: row.rank ?? gap, sort: row.rank },
    ...others.map((metric) => {
      const average = averageOf(row, metric, datasets);
      return { content: average === null ? gap : metric.format(average.mean), sort: average?.mean ?? null };
    }),
    { content: row.relativeTime === null ? gap : formatRatio(row.relativeTime), sort: row.relativeTime },
  ]);
  const baseLines = bases.map((base) => [
    { content: base.label, sort: base.label },
    averageCell(base, scale, ""),
    { content: gap, sort: null },
    ...others.map(({ name }) =>
      name === "trainableParameters" ? { content: "0", sort: 0 } : { content: gap, sort: null },
    ),
    { content: gap, sort: null },
  ]);
  return sortableTable({
    id: "methods",
    caption: "Methods: scores and costs",
    filter: "Filter methods",
    columns,
    lines: [...lines, ...baseLines],
  });
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
function averageCell({ average }: ScoreRow, scale: Scale, markClass: string) {
  if (average === null) return { content: gap, sort: null };
  const [low, high] = average.interval;
  const source = average.basis === "samples" ? " from samples only" : "";
  const text = `[${formatFid(low)}, ${formatFid(high)}]${source}`;
  const places = [scale(low), scale(average.mean), scale(high)] as const;
  const isOnScale = places[0] >= 0 && places[2] <= 100;
  return {
    sort: average.mean,
    content: html`<b>${formatFid(average.mean)}</b> <span class="quiet">${text}</span>
${isOnScale ? intervalImage(...places, markClass) : html`<span class="interval quiet"></span>`}`,
  };
}

function intervalImage(left: number, middle: number, right: number, markClass: string): Html {
  return html`<svg class="interval ${markClass}" viewBox="-4 0 108 10" aria-hidden="true">
<path class="rail" d="M0 5H100"/><path class="band" d="M${left} 2H${right}V8H${left}z"/>
<path class="middle" d="M${middle} 0V10"/></svg>`;
}
