// The table of datasets: the FID of each method on each dataset.

import type { Comparison } from "../comparison.ts";
import { datasetTable, type PrintedCell } from "../printed-table.ts";
import { type Html, html } from "./html.ts";
import { pageMarks } from "./marks.ts";
import { markSymbol } from "./methods-table.ts";
import { type SortableCell, sortableTable } from "./sortable-table.ts";

export function datasetsTable(comparison: Comparison): Html {
  const { rows, bases, datasets } = comparison;
  const marks = pageMarks(rows);
  const printed = datasetTable(comparison);
  const lines = [...rows, ...bases].map(({ label, cells }, line): SortableCell[] => {
    const mark = marks[line];
    return [
      { content: mark === undefined ? label : html`${markSymbol(mark, line)} ${label}`, sort: label },
      ...cells.map(({ mean }, dataset) => datasetCell(printed.lines[line]!.cells[dataset]!, mean)),
    ];
  });
  return sortableTable({
    id: "datasets",
    caption: "FID of each dataset: mean over seeds ± standard deviation over seeds",
    filter: "Filter the table of datasets",
    columns: [
      { heading: "Method", first: "ascending" },
      ...datasets.map(({ title }) => ({ heading: title, number: true, first: "ascending" as const })),
    ],
    lines,
  });
}

/** The cell of the other tables, with the number that it sorts by. */
function datasetCell({ text, isBest = false, deviation, remarks = [] }: PrintedCell, sort: number | null) {
  const spread = deviation !== undefined && html` <span class="quiet">± ${deviation}</span>`;
  const remark = remarks.length > 0 && ` (${remarks.join(", ")})`;
  return { content: html`${text}${spread}${remark}`, sort, best: isBest };
}
