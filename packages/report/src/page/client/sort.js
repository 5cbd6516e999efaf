// Sorting and filtering of the tables that are in the page as HTML.

import { byId } from "./dom.js";

/** @typedef {string | number | null} SortValue */

/**
 * Compares two values; null comes last in either order.
 *
 * @param {SortValue} a
 * @param {SortValue} b
 * @param {string} order
 */
export function compareValues(a, b, order) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const sign = order === "descending" ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * collator.compare(String(a), String(b));
}

const collator = new Intl.Collator("en", { numeric: true });

/**
 * Makes the buttons in a table's headings sort it, and marks the sorted column for screen readers.
 *
 * @param {HTMLTableElement} table
 * @param {(column: number, order: string) => void} sort
 */
export function sortByHeadings(table, sort) {
  const headings = [...table.querySelectorAll("thead th")];
  for (const [column, heading] of headings.entries()) {
    const button = heading.querySelector("button");
    button?.addEventListener("click", () => {
      const current = heading.getAttribute("aria-sort");
      const first = button.dataset.first ?? "ascending";
      const opposite = first === "ascending" ? "descending" : "ascending";
      const order = current === first ? opposite : first;
      for (const other of headings) other.setAttribute("aria-sort", other === heading ? order : "none");
      sort(column, order);
    });
  }
}

export function startSorting() {
  for (const table of document.querySelectorAll("table"))
    if ("sortable" in table.dataset) {
      const body = /** @type {HTMLTableSectionElement} */ (table.tBodies[0]);
      sortByHeadings(table, (column, order) => {
        const lines = [...body.rows].sort((a, b) => compareValues(sortValue(a, column), sortValue(b, column), order));
        body.append(...lines);
      });
    }
}

/**
 * The first cell of a line is a name and sorts as text, also if it looks like a number.
 *
 * @param {HTMLTableRowElement} line
 * @param {number} column
 * @returns {SortValue}
 */
function sortValue(line, column) {
  const text = line.cells[column]?.dataset.sort ?? "";
  if (column === 0) return text;
  if (text === "") return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

export function startFilters() {
  for (const input of document.querySelectorAll("input"))
    if (input.dataset.filters !== undefined) {
      const table = byId(input.dataset.filters, HTMLTableElement);
      const count = byId(`${table.id}-count`, HTMLElement);
      input.addEventListener("input", () => {
        const lines = [.../** @type {HTMLTableSectionElement} */ (table.tBodies[0]).rows];
        for (const line of lines) line.hidden = !containsWords(line.cells[0]?.textContent ?? "", input.value);
        const shown = lines.filter((line) => !line.hidden).length;
        count.textContent = shown === lines.length ? "" : `${shown} of ${lines.length} rows`;
      });
    }
}

/**
 * True if a text contains each word of a filter, in any case. Commas separate alternatives, as in `--method` of
 * `bench list runs`.
 *
 * @param {string} text
 * @param {string} filter
 */
export function containsWords(text, filter) {
  const lower = text.toLowerCase();
  const alternatives = filter
    .toLowerCase()
    .split(",")
    .filter((part) => part.trim() !== "");
  return (
    alternatives.length === 0 || alternatives.some((part) => part.split(/\s+/).every((word) => lower.includes(word)))
  );
}
