// Follows a running grid: asks the server for the page's tag, and loads the page again when it has changed.

import { data } from "./data.js";
import { byId } from "./dom.js";

const interval = 3000; // milliseconds
const storedName = "dit-bench-choices";

/**
 * Names of the controls that the reader has changed. The others follow the page: a new page may begin with the
 * selection of another method.
 *
 * @type {Set<string>}
 */
const changed = new Set();

export function startFollowing() {
  if (data.follow === null) return;
  for (const type of ["change", "input"])
    document.addEventListener(type, ({ target }) => target instanceof Element && changed.add(target.id));
  restoreControls();
  const status = byId("follow-status", HTMLElement);
  status.textContent = "This page follows the runs.";
  const ask = async () => {
    try {
      const { headers } = await fetch(location.href, { method: "HEAD", cache: "no-store" });
      const tag = headers.get("etag");
      status.textContent = "This page follows the runs.";
      if (tag === data.follow) return;
      keepControls();
      location.reload();
    } catch {
      status.textContent = "The server does not answer: this page is as it was last sent.";
    }
  };
  setInterval(ask, interval);
}

/** The selects and inputs, except that of the theme, which the browser keeps. */
const controls = () => [...document.querySelectorAll("select, input")].filter((control) => control.id !== "theme");

/**
 * What a control shows. The values of selects are positions in a list, which change when the page has more methods or
 * datasets, so a select is known by the text of its option.
 *
 * @param {Element} control
 */
function shownIn(control) {
  if (control instanceof HTMLSelectElement) return control.selectedOptions[0]?.text ?? "";
  return /** @type {HTMLInputElement} */ (control).value;
}

/** The headings of tables that the reader sorted by, with the order. */
const sortedHeadings = () =>
  [...document.querySelectorAll('th[aria-sort]:not([aria-sort="none"])')].map((heading) => [
    heading.closest("table")?.id,
    heading.textContent,
    heading.getAttribute("aria-sort"),
  ]);

function keepControls() {
  const chosen = controls().filter(({ id }) => changed.has(id));
  const values = chosen.map((control) => [control.id, shownIn(control)]);
  sessionStorage.setItem(storedName, JSON.stringify({ values, sorted: sortedHeadings() }));
}

function restoreControls() {
  const stored = sessionStorage.getItem(storedName);
  sessionStorage.removeItem(storedName);
  if (stored === null) return;
  const { values, sorted } = JSON.parse(stored);
  const kept = new Map(values);
  for (const control of controls()) restore(control, kept.get(control.id));
  for (const [table, text, order] of sorted) restoreOrder(table, text, order);
}

/** @param {Element} control @param {string | undefined} shown undefined if the reader has not changed it */
function restore(control, shown) {
  if (shown === undefined) return;
  changed.add(control.id); // also if the new page shows it by itself
  if (shown === shownIn(control)) return;
  if (control instanceof HTMLSelectElement) {
    const option = [...control.options].find(({ text }) => text === shown);
    if (option === undefined) return; // the page no longer has it
    control.value = option.value;
    control.dispatchEvent(new Event("change"));
  } else {
    const input = /** @type {HTMLInputElement} */ (control);
    input.value = shown;
    input.dispatchEvent(new Event("input"));
  }
}

/** @param {string} table @param {string} text of the heading @param {string} order */
function restoreOrder(table, text, order) {
  const headings = document.querySelectorAll(`#${table} thead th`);
  const heading = [...headings].find(({ textContent }) => textContent === text);
  const button = heading?.querySelector("button");
  // The first click gives the order of the better values first, the second the opposite one.
  for (let click = 0; click < 2 && heading?.getAttribute("aria-sort") !== order; click++) button?.click();
}
