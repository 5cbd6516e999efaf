// Reads a published checkpoint of an extractor: in PyTorch's format or as safetensors.

import { existsSync } from "node:fs";
import type { Checkpoint } from "@dit-bench/weights";
import { BenchError } from "../errors.ts";

export interface CheckpointFile {
  readonly checkpoint: Checkpoint;
  /** The error for a file that is not the wanted one. */
  makeError(what: string): BenchError;
}

/**
 * Opens a checkpoint, and removes wrappers around the names of its weights. Throws BenchError (data).
 *
 * @param first a weight that every such checkpoint has
 * @param wanted which file is wanted, for messages
 */
export async function openExtractorFile(path: string, first: string, wanted: string): Promise<CheckpointFile> {
  const { openCheckpoint, stripWrappers } = await import("@dit-bench/weights");
  const makeError = (what: string) => new BenchError("data", `${path}: ${what}; wanted ${wanted}`);
  if (!existsSync(path)) throw makeError("there is no such file");
  const checkpoint = stripWrappers(await openCheckpoint(path), [first]);
  if (!checkpoint.tensors.has(first)) throw makeError(`it has no weight '${first}'`);
  return { checkpoint, makeError };
}

/** The weights of these names as float32. Throws BenchError (data) for a missing, misshapen or not finite one. */
export function readShapes(
  { checkpoint, makeError }: CheckpointFile,
  shapes: Readonly<Record<string, readonly number[]>>,
): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = checkpoint.tensors.get(name);
    if (!tensor) throw makeError(`it has no weight '${name}'`);
    if (tensor.shape.join() !== shape.join()) throw makeError(`'${name}' is [${tensor.shape}], wanted [${shape}]`);
    values[name] = checkpoint.float32(name);
    const bad = values[name].findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) throw makeError(`number ${bad} of '${name}' is ${values[name][bad]}`);
  }
  return values;
}
