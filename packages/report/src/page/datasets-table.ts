// The table of datasets: the FID of each method on each dataset.

import { gap } from "../columns.ts";
import type { Comparison } from "../comparison.ts";
import { formatFid } from "../format.ts";
import type { Cell } from "../scores.ts";
import { type Html, html } from "./html.ts";
import { pageMarks } from "./marks.ts";
import { markSymbol } from "./methods-table.ts";
import { type SortableCell, sortableTable } from "./sortable-table.ts";

export function datasetsTable({ rows, bases, datasets }: Comparison): Html {
  const marks = pageMarks(rows);
  const lowest = datasets.map((_, index) =>
    Math.min(...rows.map(({ cells }) => cells[index]!.mean ?? Number.POSITIVE_INFINITY)),
  );
  const lines = rows.map((row, index): SortableCell[] => [
    { content: html`${markSymbol(marks[index]!, index)} ${row.label}`, sort: row.label },
    ...row.cells.map((cell, dataset) => ({ ...datasetCell(cell), best: cell.mean === lowest[dataset] })),
  ]);
  return sortableTable({
    id: "datasets",
    caption: "FID of each dataset: mean over seeds ± standard deviation over seeds",
    filter: "Filter methods",
    columns: [
      { heading: "Method", first: "ascending" },
      ...datasets.map(({ title }) => ({ heading: title, number: true, first: "ascending" as const })),
    ],
    lines: [...lines, ...bases.map(({ label, cells }) => [{ content: label, sort: label }, ...cells.map(datasetCell)])],
  });
}

function datasetCell({ mean, deviation, diverged, seeds }: Cell): SortableCell {
  if (mean === null) return { content: diverged.length > 0 ? "diverged" : gap, sort: null };
  const spread = deviation === null ? null : html` <span class="quiet">± ${formatFid(deviation)}</span>`;
  const remark = diverged.length > 0 && html` (${diverged.length} of ${seeds.length + diverged.length} diverged)`;
  return { content: html`${formatFid(mean)}${spread}${remark}`, sort: mean };
}
