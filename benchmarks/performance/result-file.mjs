// Reads and writes result files. Files of older schemas are converted when they are read.

import { readFileSync } from "node:fs";
import { replaceFile } from "@dit-bench/files";
import { convertOlderResult, OLDER_SCHEMAS } from "./older-results.mjs";
import { toMarkdown } from "./table.mjs";

/** @import { Result } from "./types.ts" */

export const SCHEMA = 3;

/**
 * @param {string} path
 * @returns {Result}
 * @throws if the schema is unknown
 */
export function readResultFile(path) {
  const text = readFileSync(path, "utf8");
  const { schema } = JSON.parse(text);
  if (schema === SCHEMA) return JSON.parse(text);
  if (!OLDER_SCHEMAS.includes(schema))
    throw new Error(
      `${path} has schema ${schema}, expected ${[...OLDER_SCHEMAS, SCHEMA].join(", ")}: ` +
        "read it with the version of dit-bench that wrote it",
    );
  return { schema: SCHEMA, ...convertOlderResult(text) };
}

/**
 * Writes the result as JSON, and its Markdown page next to it.
 *
 * @param {string} path of the JSON file
 * @param {Result} result
 */
export async function writeResultFile(path, result) {
  await replaceFile(path, `${oneMeasurementPerLine(result)}\n`);
  await writePage(path, result);
}

/**
 * @param {string} path of the JSON file
 * @param {Result} result
 */
export function writePage(path, result) {
  return replaceFile(path.replace(/\.json$/, ".md"), toMarkdown(result));
}

/**
 * JSON with one measurement per line: readable, and a fifth as long as with one number per line.
 *
 * @param {Result} result
 */
function oneMeasurementPerLine(result) {
  // Each measurement becomes a string marked with @, so that the indentation does not split it.
  const text = JSON.stringify(
    result,
    (key, value) => (key === "chain" ? value.map((/** @type {object} */ m) => `@${JSON.stringify(m)}@`) : value),
    2,
  );
  return text.replaceAll(/"@(.*?)@"/g, (_, inner) => JSON.parse(`"${inner}"`));
}
