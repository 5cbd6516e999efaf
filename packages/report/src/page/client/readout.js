// The parts around a chart: the line that repeats a point's values, the note, and the table of values.

import { byId, simpleTable } from "./dom.js";

/** @param {string} id of the figure */
export function figureParts(id) {
  const readout = byId(`${id}-readout`, HTMLOutputElement);
  const hint = readout.textContent;
  return {
    canvas: byId(`${id}-canvas`, HTMLCanvasElement),
    /** Shows the values of a point, or the hint. @param {string} text */
    read(text) {
      const shown = text === "" ? hint : text;
      if (readout.textContent !== shown) readout.textContent = shown;
    },
    /** @param {string} text */
    note(text) {
      byId(`${id}-note`, HTMLElement).textContent = text;
    },
    /**
     * @param {string} caption
     * @param {readonly string[]} headings
     * @param {readonly (readonly string[])[]} lines
     */
    values(caption, headings, lines) {
      byId(`${id}-values`, HTMLElement).replaceChildren(simpleTable(caption, headings, lines));
    },
  };
}
