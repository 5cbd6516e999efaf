// Finds the numbers in a text that look like results: decimals, numbers with a unit of time, memory or percent, FIDs,
// and everything in a right-aligned column of a table. Counts, dates, versions and sizes of images do not.

import { blank } from "./markdown.mjs";

/** @typedef {{ number: string, offset: number }} ResultLike */

const NUMBER = /(?<![\p{L}\p{N}_.,]|\p{L}-)\d[\d,]*(?:\.\d+)*(?:e[-−]?\d+)?(?![\p{N}_])/gu;
const UNIT = /^[\s\u00a0]?(?:%|×(?!\s*\d)|(?:ms|s|min|h|kB|MB|GB|seconds?|minutes?|hours?)\b)/;
/** What stands before the number of a version, of a paper or of a section. */
const NAMED = /(?:arXiv|Node|PyTorch|CUDA|Runtime|OpenVINO|libtensorflow|Python|section|version)\s$/;
/** The confidence level of every interval. */
const LEVEL = /^95[\s\u00a0]?%/;

/**
 * @param {string} text Markdown whose code, comments and bound values are blanked out
 * @returns {ResultLike[]}
 */
export function resultLikeNumbers(text) {
  const searched = text.replaceAll(/\]\([^)]*\)|<?https?:\/\/\S+/g, blank);
  const columns = rightAlignedCells(searched);
  return [...searched.matchAll(NUMBER)].flatMap(({ 0: found, index }) => {
    const number = found.replace(/,$/, "");
    const before = searched.slice(Math.max(0, index - 20), index);
    const after = searched.slice(index + number.length, index + number.length + 10);
    const isVersion = number.split(".").length > 2 || NAMED.test(before);
    const isPartOfName = /^\p{L}/u.test(after) && !UNIT.test(after);
    if (isVersion || isPartOfName || LEVEL.test(number + after)) return [];
    const isResult =
      /[.e]/.test(number) ||
      UNIT.test(after) ||
      /\bFID\s$/.test(before) ||
      columns.some(([a, b]) => a <= index && index < b);
    return isResult ? [{ number, offset: index }] : [];
  });
}

/**
 * Every number of a text.
 *
 * @param {string} text
 */
export const numbersOf = (text) =>
  new Set([...text.matchAll(/\d[\d,]*(?:\.\d+)?(?:e[-−]?\d+)?/g)].map(([number]) => plainNumber(number)));

/** The number as a key: 1,133 is 1133, and 1.0 is 1. */
export const plainNumber = (/** @type {string} */ number) =>
  String(Number(number.replaceAll(",", "").replace("−", "-")));

/**
 * Start and end of the cells of right-aligned columns, without the headings.
 *
 * @param {string} text
 */
function rightAlignedCells(text) {
  /** @type {[number, number][]} */
  const cells = [];
  /** @type {boolean[]} */
  let alignments = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    if (/^\s*\|[\s:|-]+\|\s*$/.test(line)) alignments = line.split("|").map((cell) => /^\s*-+:\s*$/.test(cell));
    else if (!/^\s*\|/.test(line)) alignments = [];
    else {
      let start = offset;
      for (const [place, cell] of line.split("|").entries()) {
        if (alignments[place]) cells.push([start, start + cell.length]);
        start += cell.length + 1;
      }
    }
    offset += line.length + 1;
  }
  return cells;
}
