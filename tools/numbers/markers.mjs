// Reads the markers of a Markdown text: comments that bind numbers and words to records, invisible when rendered.
//
//     <!-- = mini fid difffit -->22.77<!-- / -->       the value between the two comments is what the records have
//     <!-- only if mini best = DiffFit -->             a sentence that holds only while this is so
//     <!-- from docs/log.md 2026-11-23 First -->       the numbers around come from this section of another file
//     <!-- by hand 2026-11-27 -->                      they were measured on this day, and no file has them

import { lineAt, withoutCode } from "./markdown.mjs";

/**
 * `start` and `end` are the offsets of a value. A block has its two comments on lines of their own, and its value ends
 * with a line break. An origin holds for its paragraph, list item or row, or, on a line of its own, for all lines up to
 * the next blank one; without a file it is a measurement by hand.
 *
 * @typedef {{ expression: string, line: number, start: number, end: number, isBlock: boolean }} Binding
 * @typedef {{ expression: string, expected: string, line: number }} Condition
 * @typedef {{ file: string | null, words: string, line: number, hasOwnLine: boolean }} Origin
 * @typedef {{ line: number, message: string }} Finding
 */

/**
 * @param {string} text Markdown
 * @returns {{ bindings: Binding[], conditions: Condition[], origins: Origin[], others: Finding[], faults: Finding[] }}
 *   `others` are the comments that are none of the four kinds
 */
export function readMarkers(text) {
  /** @type {Binding[]} */
  const bindings = [];
  /** @type {Condition[]} */
  const conditions = [];
  /** @type {Origin[]} */
  const origins = [];
  /** @type {Finding[]} */
  const others = [];
  const faults = linesReadAsHtml(text);
  /** @type {Omit<Binding, "end"> | null} */
  let open = null;
  const missingEnd = (/** @type {{ expression: string, line: number }} */ { expression, line }) =>
    faults.push({ line, message: `'${expression}' has no end: write <!-- / --> after its value` });

  for (const { 0: comment, 1: content, index } of withoutCode(text).matchAll(/<!--([\s\S]*?)-->/g)) {
    const words = content.trim().replaceAll(/\s+/g, " ");
    const line = lineAt(text, index);
    const after = index + comment.length;
    if (words.startsWith("= ")) {
      if (open !== null) missingEnd(open);
      const isBlock = /^\r?\n/.test(text.slice(after));
      const start = isBlock ? text.indexOf("\n", after) + 1 : after;
      open = { expression: words.slice(2), line, start, isBlock };
    } else if (words === "/") {
      const lineStart = text.lastIndexOf("\n", index) + 1;
      if (open === null) faults.push({ line, message: "<!-- / --> ends nothing: write <!-- = … --> before the value" });
      else if (open.isBlock && lineStart !== index)
        faults.push({ line, message: `'${open.expression}' begins a block: put <!-- / --> on a line of its own` });
      else bindings.push({ ...open, end: index });
      open = null;
    } else if (words.startsWith("only if ")) {
      const [, expression, expected] = /^only if (.*?) = (.*)$/.exec(words) ?? [];
      if (expression === undefined)
        faults.push({ line, message: `'${words}' has no '=': write <!-- only if mini best = DiffFit -->` });
      else conditions.push({ expression, expected, line });
    } else if (/^(?:from|by hand) /.test(words)) {
      const [file, ...rest] = words.startsWith("from ") ? words.slice(5).split(" ") : [null, words.slice(8)];
      if (file === null && !/^\d{4}-\d\d-\d\d$/.test(words.slice(8)))
        faults.push({ line, message: `'${words}' has no date: write <!-- by hand 2026-11-27 -->` });
      const isFirst = text.slice(text.lastIndexOf("\n", index) + 1, index).trim() === "";
      const hasOwnLine = isFirst && /^[ \t\r]*(?:\n|$)/.test(text.slice(after));
      origins.push({ file, words: rest.join(" "), line, hasOwnLine });
    } else {
      const kinds = "'= …', '/', 'only if … = …', 'from FILE HEADING' and 'by hand DATE'";
      others.push({ line, message: `the comment '${words}' is none of ${kinds}: correct it, or leave it out` });
    }
  }
  if (open !== null) missingEnd(open);
  return { bindings, conditions, origins, others, faults };
}

/**
 * Lines that begin with a comment and go on with text: Markdown reads the whole line as HTML, and ends the paragraph.
 *
 * @param {string} text
 * @returns {Finding[]}
 */
function linesReadAsHtml(text) {
  const message = "the line begins with a comment, so Markdown reads it as HTML: begin it with a word";
  const start = /^\s*(?:(?:[-*+>]|\d+[.)])\s+)*<!--/;
  const lines = text.split("\n");
  return withoutCode(text)
    .split("\n")
    .flatMap((line, i) => {
      const isHtml = start.test(line) && start.test(lines[i]);
      return isHtml && /[^\s\-*+>\d.)]/.test(line.replaceAll(/<!--.*?-->/g, "")) ? [{ line: i + 1, message }] : [];
    });
}
