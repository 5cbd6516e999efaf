// Reads label files from a dataset's archives. A missing or malformed file is an error of the data, not of the program.

import { existsSync, readFileSync } from "node:fs";
import { parseJson } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import { type MatValue, readMat } from "./mat/read-mat.ts";

/** Reads a label file as text. Throws DataError (labels) for a missing file. */
export const readLabelText = (path: string): string => readFileSync(requireFile(path), "utf8");

/**
 * Reads the variables of a MATLAB file. Throws DataError (labels) for a missing file, MatError for one that is not a
 * MATLAB file.
 */
export const readLabelMat = (path: string): ReadonlyMap<string, MatValue> => readMat(requireFile(path));

/**
 * The numbers of a MATLAB variable or field. Throws DataError (labels) where there are none.
 *
 * @param source path of the file, for the message
 */
export function numbersOf(values: ReadonlyMap<string, MatValue>, name: string, source: string): number[] {
  const value = values.get(name);
  if (value?.kind !== "numbers") throw new DataError("labels", `"${source}" has no numbers ${name}`);
  return [...value.values];
}

/** Reads a JSON object of image ids by class; the ids are not checked. Throws DataError (labels). */
export function readLabelLists(path: string): [className: string, ids: unknown][] {
  let lists: unknown;
  try {
    lists = parseJson(readLabelText(path));
  } catch (error) {
    if (error instanceof DataError) throw error;
  }
  if (typeof lists !== "object" || lists === null || Array.isArray(lists))
    throw new DataError("labels", `"${path}": expected a JSON object of images by class`);
  return Object.entries(lists);
}

/**
 * Reads lines of two fields separated by white space; blank lines are ignored. Throws DataError (labels) with the line.
 */
export function readLabelPairs(path: string): [first: string, second: string][] {
  return readLabelText(path)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, i) => {
      const [first, second, ...more] = line.trim().split(/\s+/);
      if (first === undefined || second === undefined || more.length > 0)
        throw new DataError("labels", `"${path}", line ${i + 1}: ${JSON.stringify(line)}, expected two fields`);
      return [first, second];
    });
}

function requireFile(path: string): string {
  if (!existsSync(path)) throw new DataError("labels", `"${path}" is not in the dataset's archives`);
  return path;
}
