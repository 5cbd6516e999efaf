// Compares a Markdown text with the records: bound values, sentences that hold only under a condition, and numbers
// that nothing binds.

import { blank, lineAt, scopesOfLines, sections, withoutCode } from "./markdown.mjs";
import { readMarkers } from "./markers.mjs";
import { numbersOf, plainNumber, resultLikeNumbers } from "./result-like.mjs";

/** @import { Binding, Finding, Origin } from "./markers.mjs" */

/**
 * @typedef {object} Context
 * @property {(expression: string) => Promise<string>} ask the value that the records have; rejects with an Error for an
 *   expression that means nothing
 * @property {(file: string) => string | null} readFile a file of the repository; null if there is none
 * @property {boolean} mustBind whether a result-like number without a binding is a finding, and a comment that is no
 *   marker, since it may be a misspelt one
 */

/**
 * @param {string} text Markdown
 * @param {Context} context
 * @returns {Promise<{ findings: Finding[], wrong: number, corrected: string }>} all findings by line, the number of
 *   values that differ, and the text with these values replaced and no other change
 */
export async function checkText(text, { ask, readFile, mustBind }) {
  const { bindings, conditions, origins, others, faults } = readMarkers(text);
  const findings = [...faults, ...(mustBind ? others : [])];
  /** @type {{ binding: Binding, value: string }[]} */
  const corrections = [];
  /** @type {(expression: string, line: number) => Promise<string | null>} */
  const tryToAsk = async (expression, line) => {
    try {
      return await ask(expression);
    } catch (error) {
      findings.push({ line, message: error instanceof Error ? error.message : String(error) });
      return null;
    }
  };

  for (const binding of bindings) {
    const { expression, line, isBlock, start, end } = binding;
    const value = await tryToAsk(expression, line);
    if (value === null) continue;
    const present = text.slice(start, end);
    if (!isBlock && value.includes("\n")) {
      const message = `'${expression}' has several lines: put its comments on lines of their own`;
      findings.push({ line, message });
    } else if (isBlock ? unixLines(present) !== `${value}\n` : plainSpaces(present) !== plainSpaces(value)) {
      const { index, old, current } = isBlock
        ? differentLine(present, value)
        : { index: -1, old: present, current: value };
      const message = `the text has '${plainSpaces(old)}', the records have '${plainSpaces(current)}' (${expression})`;
      findings.push({ line: line + 1 + index, message });
      corrections.push({ binding, value: isBlock ? likeLines(`${value}\n`, text) : inSpacesOf(present, value) });
    }
  }
  for (const { expression, expected, line } of conditions) {
    const value = await tryToAsk(expression, line);
    if (value !== null && plainSpaces(value) !== plainSpaces(expected))
      findings.push({
        line,
        message: `the text holds only if '${expression}' is '${expected}', the records have '${value}': write it again`,
      });
  }
  findings.push(...withoutOrigin(text, bindings, origins, { readFile, mustBind }));
  return {
    findings: findings.sort((a, b) => a.line - b.line),
    wrong: corrections.length,
    corrected: corrections.reduceRight(
      (result, { binding: { start, end }, value }) => result.slice(0, start) + value + result.slice(end),
      text,
    ),
  };
}

/**
 * The first line of a block that differs, and its number from 0.
 *
 * @param {string} present
 * @param {string} value
 */
function differentLine(present, value) {
  const [old, current] = [unixLines(present).split("\n"), value.split("\n")];
  const place = current.findIndex((line, i) => line !== old[i]);
  const index = place < 0 ? current.length : place;
  return { index, old: old[index] ?? "", current: current[index] ?? "" };
}

const plainSpaces = (/** @type {string} */ value) => value.replaceAll(/[\s\u00a0]+/g, " ").trim();
/** The value between the spaces that are around the present one. */
const inSpacesOf = (/** @type {string} */ present, /** @type {string} */ value) => {
  const [, before, after] = /^(\s*)(?:.*?\S)?(\s*)$/s.exec(present) ?? [];
  return before + value.replaceAll("\u00a0", " ") + after;
};
const unixLines = (/** @type {string} */ value) => value.replaceAll("\r\n", "\n");
const likeLines = (/** @type {string} */ value, /** @type {string} */ text) =>
  text.includes("\r\n") ? value.replaceAll("\n", "\r\n") : value;

/** Blanks out a value, and keeps the cells of a table. */
const blankCells = (/** @type {string} */ value) => value.replaceAll(/[^\n\r|]/g, " ");

/**
 * Numbers that look like results and are neither bound nor found in the origin that their text names; and origins that
 * do not exist.
 *
 * @param {string} text
 * @param {readonly Binding[]} bindings
 * @param {readonly Origin[]} origins
 * @param {Pick<Context, "readFile" | "mustBind">} context
 * @returns {Finding[]}
 */
function withoutOrigin(text, bindings, origins, { readFile, mustBind }) {
  /** @type {Finding[]} */
  const findings = [];
  const scopes = scopesOfLines(text);
  const known = origins.map((origin) => {
    const { file, words, line } = origin;
    if (file === null) return { ...origin, numbers: null };
    const content = readFile(file);
    const section = content === null ? null : sections(content, words);
    if (content === null) findings.push({ line, message: `'${file}' does not exist: name a file of the repository` });
    else if (section === null) findings.push({ line, message: `'${file}' has no heading that begins with '${words}'` });
    return { ...origin, numbers: numbersOf(section ?? "") };
  });
  if (!mustBind) return findings;

  let searched = withoutCode(text);
  for (const { start, end } of bindings)
    searched = searched.slice(0, start) + blankCells(searched.slice(start, end)) + searched.slice(end);
  for (const { number, offset } of resultLikeNumbers(searched.replaceAll(/<!--[\s\S]*?-->/g, blank))) {
    const line = lineAt(text, offset);
    const near = known.filter((origin) =>
      origin.hasOwnLine
        ? scopes[origin.line - 1].group === scopes[line - 1].group
        : scopes[origin.line - 1].block === scopes[line - 1].block,
    );
    if (near.some(({ numbers }) => numbers === null || numbers.has(plainNumber(number)))) continue;
    const names = near.map(({ file, words }) => `${file} ${words}`.trim()).join("' and '");
    const message =
      near.length > 0
        ? `'${number}' does not occur in '${names}': correct the number or its origin`
        : `'${number}' has no source: bind it with <!-- = … -->${number}<!-- / -->, or name the text that it comes ` +
          "from with <!-- from FILE HEADING -->";
    findings.push({ line, message });
  }
  return findings;
}
