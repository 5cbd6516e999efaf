// What `bench fetch` has brought here, by name.

import { existsSync } from "node:fs";
import { BenchError } from "./errors.ts";
import { fetchables, locate } from "./locate.ts";

/** Does `bench fetch` know the name? */
export const isFetchable = (name: string): boolean => fetchables().some((known) => known.name === name);

/** The file or folder of a name that `bench fetch` knows; undefined where it is not here, and for any other name. */
export const fetched = (name: string): string | undefined => (isFetchable(name) ? locate(name).path : undefined);

/**
 * Weights as a person names them: a path, or else a name that `bench fetch` knows. What is neither is given back as it is, for
 * the reader of the file to refuse. Throws BenchError (data) where the name is known and its file is not here.
 */
export function weightsNamed(given: string): string {
  if (existsSync(given) || !fetchables().some(({ kind, name }) => kind === "weights" && name === given)) return given;
  const { path, command } = locate(given);
  if (path === undefined) throw new BenchError("data", `${given} is not here; get it with '${command}'`);
  return path;
}
