// A table that the page's script can sort and filter. It is complete without the script.

import { type Html, html } from "./html.ts";

export interface SortableColumn {
  heading: string;
  /** Aligned right. */
  number?: boolean;
  /** The order after the first click: the better values come first. */
  first: "ascending" | "descending";
}

export interface SortableCell {
  content: Html | string | number;
  /** The value to sort by; null comes last in either order. */
  sort: string | number | null;
  best?: boolean;
}

export interface SortableTable {
  id: string;
  caption: string;
  /** Label of the filter; undefined for none. */
  filter?: string;
  columns: readonly SortableColumn[];
  lines: readonly (readonly SortableCell[])[];
}

/** The first cell of each line is its heading. */
export function sortableTable({ id, caption, filter, columns, lines }: SortableTable): Html {
  const tools =
    filter !== undefined &&
    html`<div class="tools"><label>${filter}
<input type="search" id="${id}-filter" data-filters="${id}" autocomplete="off"></label>
<span id="${id}-count" class="quiet" role="status"></span></div>`;
  return html`${tools}
<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table id="${id}" data-sortable>
<caption>${caption}</caption>
<thead><tr>${columns.map(
    ({ heading, number, first }) =>
      html`<th scope="col" aria-sort="none"${number && html` class="number"`}>
<button type="button" data-first="${first}">${heading}</button></th>`,
  )}</tr></thead>
<tbody>
${lines.map(
  (line) => html`<tr>${line.map((cell, column) => tableCell(cell, column === 0, columns[column]!.number === true))}</tr>
`,
)}</tbody>
</table></div>`;
}

function tableCell({ content, sort, best }: SortableCell, isHeading: boolean, isNumber: boolean): Html {
  const value = html`data-sort="${sort ?? ""}"`;
  if (isHeading) return html`<th scope="row" ${value}>${content}</th>`;
  const classes = [isNumber ? "number" : "", best ? "best" : ""].join(" ").trim();
  return html`<td ${value}${classes !== "" && html` class="${classes}"`}>${content}</td>`;
}
