// Finds and makes elements. Texts are set as text, never as markup, because they come from records.

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no element '${id}' of the expected kind`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string>} attributes
 * @param {readonly (Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Fills a select with texts; the value of each option is its index, after `first` options with the values that they
 * have.
 *
 * @param {string} id
 * @param {readonly string[]} texts
 * @param {readonly [value: string, text: string][]} first
 */
export function fillSelect(id, texts, first = []) {
  const select = byId(id, HTMLSelectElement);
  const options = [...first, ...texts.map((text, index) => [String(index), text])];
  select.replaceChildren(...options.map(([value = "", text = ""]) => element("option", { value }, [text])));
  return select;
}

/**
 * @param {string} caption
 * @param {readonly (Node | string)[]} headings
 * @param {readonly (readonly (Node | string)[])[]} lines the first cell of each line is its heading
 */
export function simpleTable(caption, headings, lines) {
  const head = headings.map((heading, column) => element("th", columnAttributes(column), [heading]));
  const body = lines.map((line) =>
    element(
      "tr",
      {},
      line.map((cell, column) =>
        column === 0 ? element("th", { scope: "row" }, [cell]) : element("td", { class: "number" }, [cell]),
      ),
    ),
  );
  return scrollable(
    caption,
    element("table", {}, [
      element("caption", {}, [caption]),
      element("thead", {}, [element("tr", {}, head)]),
      element("tbody", {}, body),
    ]),
  );
}

/**
 * A wide table scrolls in a region of its own, which the keyboard reaches.
 *
 * @param {string} label
 * @param {HTMLElement} content
 */
export function scrollable(label, content) {
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label }, [content]);
}

/**
 * @param {number} column
 * @returns {Record<string, string>}
 */
const columnAttributes = (column) => ({ scope: "col", ...(column > 0 ? { class: "number" } : {}) });
