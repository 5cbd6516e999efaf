// Reads and writes result files. Files of schema 1 are converted when they are read.

import { readFileSync } from "node:fs";
import { replaceFile } from "@dit-bench/files";
import { toMarkdown } from "./table.mjs";

/** @import { Result } from "./types.ts" */

export const SCHEMA = 2;

/**
 * Reads a result file. Schema 1 had the key `rivals` in place of `baselines`, and named the two GEMM baselines
 * differently.
 *
 * @param {string} path
 * @returns {Result}
 */
export function readResultFile(path) {
  const text = readFileSync(path, "utf8");
  const { schema } = JSON.parse(text);
  if (schema === SCHEMA) return JSON.parse(text);
  if (schema !== 1)
    throw new Error(
      `${path} has schema ${schema}, expected 1 or ${SCHEMA}: read it with the version of dit-bench that wrote it`,
    );
  const renamed = text
    .replaceAll('"rivals":', '"baselines":')
    .replaceAll('"square product"', '"square GEMM"')
    .replaceAll('"own products"', '"own GEMMs"');
  return { ...JSON.parse(renamed), schema: SCHEMA };
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
