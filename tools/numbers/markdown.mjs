// Divides Markdown into code and text, and into the scopes that a note on the origin of numbers has.

/**
 * The text with code blanked out, so that positions stay the same: fenced blocks, indented blocks and inline code.
 *
 * @param {string} text
 */
export function withoutCode(text) {
  let fence = "";
  let isCode = true; // whether an indented line would be code: after a blank line, after code, and at the start
  const lines = text.split("\n").map((line) => {
    const marker = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? "";
    if (fence !== "") {
      if (marker.startsWith(fence)) fence = "";
      return blank(line);
    }
    fence = marker;
    isCode = /^\s*$/.test(line) ? true : isCode && /^(?: {4}|\t)/.test(line);
    return fence !== "" || isCode ? blank(line) : line;
  });
  return lines.join("\n").replaceAll(/(`+)(?!`)(?:[^\n`]|`(?!\1)|\n(?!\s*\n))*?\1(?!`)/g, blank);
}

/** Replaces everything except line breaks by spaces. */
export const blank = (/** @type {string} */ text) => text.replaceAll(/[^\n\r]/g, " ");

/** The number of the line at an offset, from 1. */
export const lineAt = (/** @type {string} */ text, /** @type {number} */ offset) =>
  text.slice(0, offset).split("\n").length;

/**
 * For every line the number of its block (a paragraph, a list item, a heading, a row of a table) and of its group (the
 * lines between two blank lines).
 *
 * @param {string} text
 */
export function scopesOfLines(text) {
  let block = 0;
  let group = 0;
  let wasAlone = false;
  return text.split("\n").map((line) => {
    const isBlank = /^\s*$/.test(line);
    const isAlone = isBlank || /^\s*(?:\||#{1,6}\s)/.test(line);
    if (isBlank) group++;
    if (isAlone || wasAlone || /^\s*(?:[-*+]|\d+[.)])\s/.test(line)) block++;
    wasAlone = isAlone;
    return { block, group };
  });
}

/**
 * The sections of a page whose headings begin with `words`; a colon in a heading does not count. Without words, the
 * whole page.
 *
 * @param {string} markdown
 * @param {string} words
 * @returns {string | null} null if there is no such heading
 */
export function sections(markdown, words) {
  if (words === "") return markdown;
  const parts = markdown.split(/^(?=#{1,6} )/m);
  const found = parts.filter((part) => /^#+ (.*)/.exec(part)?.[1].replaceAll(":", "").startsWith(words));
  return found.length === 0 ? null : found.join("\n");
}
