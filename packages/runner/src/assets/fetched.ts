// What `bench fetch` has brought here, by name: found by its size for listings, checked where it is used.

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Environment } from "@dit-bench/fetch";
import { BenchError } from "../errors.ts";
import { checkPublished } from "./check-published.ts";
import { type Fetchable, fetchables, locateThis } from "./locate.ts";

const known = (name: string): Fetchable | undefined => fetchables().find((what) => what.name === name);

/** Does `bench fetch` know the name? */
export const isFetchable = (name: string): boolean => known(name) !== undefined;

/** The file or folder of a name that `bench fetch` knows; undefined where it is not here, and for any other name. */
export function fetched(name: string): string | undefined {
  const what = known(name);
  return what && locateThis(what).path;
}

/** What lies in the place of weights of this name and is not them, as its size tells: where, and why. */
export function misplaced(name: string): { readonly path: string; readonly reason: string } | undefined {
  const what = known(name);
  return what && locateThis(what).misplaced;
}

/**
 * The weights of a name that `bench fetch` knows, to be used: undefined where they are not here, and for any other
 * name. Throws BenchError (data) where what lies there is not the published file. The first call hashes it. Files in
 * the Hugging Face cache are believed by their size.
 */
export function publishedWeights(name: string, env: Environment = process.env): string | undefined {
  const what = known(name);
  if (what?.kind !== "weights") return undefined;
  const { path, from, misplaced, command } = locateThis(what, env);
  if (misplaced) throw new BenchError("data", `${misplaced.reason}; get it with '${command}'`);
  if (path !== undefined && from === "fetched") checkPublished(name, dirname(path), what.entry.files);
  return path;
}

/**
 * Weights as a person names them: a path, or else a name that `bench fetch` knows. What is neither is given back as it
 * is, for the reader of the file to refuse. Throws BenchError (data) where the name is known and its file is not here,
 * or not the published one.
 */
export function weightsNamed(given: string): string {
  if (existsSync(given) || known(given)?.kind !== "weights") return given;
  const path = publishedWeights(given);
  if (path === undefined) throw new BenchError("data", `${given} is not here; get it with 'bench fetch ${given}'`);
  return path;
}
