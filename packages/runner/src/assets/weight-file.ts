// Reads files of weights and checks that they hold the expected weights.

import { existsSync } from "node:fs";
import { readSafetensors, type Safetensors, WeightFileError } from "@dit-bench/weights";
import { BenchError } from "../errors.ts";
import { sha256Of } from "../storage/hashes.ts";
import { finiteWeights } from "./finite-weights.ts";

export interface WeightFile {
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a file that must hold these weights in these shapes. Throws BenchError (data) if it does not.
 *
 * @param remedy how to get the right file, for messages
 */
export function readWeights(
  path: string,
  wanted: readonly { readonly name: string; readonly shape: readonly number[] }[],
  remedy: string,
): WeightFile {
  const makeError = (what: string, cause?: unknown) => new BenchError("data", `${path}: ${what}; ${remedy}`, { cause });
  if (!existsSync(path)) throw makeError("there is no such file");
  let stored: Safetensors;
  try {
    stored = readSafetensors(path);
  } catch (error) {
    if (error instanceof WeightFileError) throw new BenchError("data", `${error.message}; ${remedy}`, { cause: error });
    throw makeError((error as Error).message, error); // a system error, such as EISDIR
  }
  const values: Record<string, Float32Array> = {};
  for (const { name, shape } of wanted) {
    const tensor = stored.tensors.get(name);
    if (!tensor) throw makeError(`it has no weight '${name}'`);
    if (tensor.shape.join() !== shape.join()) throw makeError(`'${name}' is [${tensor.shape}], wanted [${shape}]`);
    values[name] = finiteWeights(name, tensor, makeError);
  }
  return { values, sha256: sha256Of(path), metadata: stored.metadata };
}
