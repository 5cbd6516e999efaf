// Files of labels out of a dataset's archives: missing ones are the archives' fault, not the program's.

import { existsSync, readFileSync } from "node:fs";
import { DataError } from "../data-error.ts";
import { type MatValue, readMat } from "./mat/read-mat.ts";

const there = (path: string): string => {
  if (!existsSync(path)) throw new DataError("labels", `its archives hold no "${path}": they are other ones`);
  return path;
};

/** Throws DataError (labels) where it is not there. */
export const readLabelText = (path: string): string => readFileSync(there(path), "utf8");

/** Variables of a MATLAB file. Throws DataError (labels) where it is not there, MatError where it is none. */
export const readLabelMat = (path: string): ReadonlyMap<string, MatValue> => readMat(there(path));

/** Class -> ids of its images, of a JSON file. Throws DataError (labels). */
export function readLabelLists(path: string): [className: string, ids: unknown][] {
  let lists: unknown;
  try {
    lists = JSON.parse(readLabelText(path));
  } catch (error) {
    if (error instanceof DataError) throw error;
  }
  if (typeof lists !== "object" || lists === null || Array.isArray(lists))
    throw new DataError("labels", `"${path}": no list of images by class`);
  return Object.entries(lists);
}
