// Finds by name what `bench fetch` has downloaded. Listings compare only sizes; checksums of weights are verified
// before they are used.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Environment } from "@dit-bench/files";
import { BenchError } from "../errors.ts";
import { checkPublished } from "./check-published.ts";
import { type Fetchable, fetchables, locateThis } from "./locate.ts";

/** Weights or a dataset. Engines are left out: recipes and flags name no files of theirs. */
const findFetchable = (name: string): Fetchable | undefined =>
  fetchables().find((what) => what.kind !== "engine" && what.name === name);

/** True if `bench fetch` can download weights or a dataset of this name. */
export const isFetchable = (name: string): boolean => findFetchable(name) !== undefined;

/** The file or folder of a name that `bench fetch` knows; undefined if it is not here, and for other names. */
export function fetched(name: string): string | undefined {
  const what = findFetchable(name);
  return what && locateThis(what).path;
}

/** A file with the expected name of these weights but the wrong size, if there is one. */
export function misplaced(name: string): { readonly path: string; readonly reason: string } | undefined {
  const what = findFetchable(name);
  return what && locateThis(what).misplaced;
}

/**
 * The file of weights that `bench fetch` knows, verified; undefined if it is not here, and for other names. Throws
 * BenchError (data) if the file is not the published one. The first call hashes it. For files in the Hugging Face cache
 * only the size is compared.
 */
export function publishedWeights(name: string, env: Environment = process.env): string | undefined {
  const what = findFetchable(name);
  if (what?.kind !== "weights") return undefined;
  const { path, from, misplaced, command } = locateThis(what, env);
  if (misplaced) throw new BenchError("data", `${misplaced.reason}; get it with '${command}'`);
  if (path !== undefined && from === "fetched") checkPublished(name, dirname(path), what.entry.files);
  return path;
}

/**
 * The path of weights that a user gives: a path, or a name that `bench fetch` knows. Other texts are given back, and
 * refused when the file is read. Throws BenchError (data) if the file of a known name is not here or not the published
 * one.
 */
export function weightsNamed(given: string): string {
  if (existsSync(given) || findFetchable(given)?.kind !== "weights") return given;
  const path = publishedWeights(given);
  if (path === undefined) throw new BenchError("data", `${given} is not here; get it with 'bench fetch ${given}'`);
  return path;
}
