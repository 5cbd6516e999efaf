// The training state on disk: the checkpoint of an unfinished training, and the state that a finished run keeps.

import { existsSync, rmSync } from "node:fs";
import { parseJson, shorten } from "@dit-bench/text";
import { CorruptFileError, openCheckpoint, type StoredTensor } from "@dit-bench/weights";
import { z } from "zod";
import { BenchError } from "../errors.ts";
import { readChecked, writeChecked } from "../storage/checked-file.ts";
import type { Costs } from "./costs.ts";
import type { FidPoint } from "./fid-curve.ts";
import type { LossPoint } from "./fixed-batch.ts";
import { stateNames, type TrainingState } from "./optimizer-step.ts";

/** Everything in a checkpoint except the state vectors. */
export interface Progress {
  /** Number of steps done. */
  readonly step: number;
  /** The loss of each step. */
  readonly losses: readonly number[];
  readonly fixedBatchLoss: readonly LossPoint[];
  /** FID over training, if it is computed, and the key of its curve. */
  readonly fid?: { readonly key: string; readonly points: readonly FidPoint[] };
  /** Seconds of training, and core-seconds that other processes used during it. */
  readonly seconds: number;
  readonly otherCoreSeconds: number;
  /** Median step time; of a resumed training, the mean of the medians of its parts, weighted by their steps. */
  readonly stepMilliseconds: number;
  /** Costs of the run up to this step. States of older versions do not have it. */
  readonly costs?: Costs;
  /** Number of times that the training was resumed after an interruption. */
  readonly resumes: number;
  /** The shorter, finished run that this training continued. */
  readonly continuedFrom?: { readonly steps: number; readonly identity: string };
}

export interface Checkpoint extends Progress {
  readonly state: TrainingState;
}

export interface CheckpointOwner {
  /** The identity of the run: see `identityOf`. */
  readonly identity: string;
  /** Digest of everything that decides the state after a given step: see `lineageOf`. */
  readonly lineage: string;
  /** Engines round differently, so the state of one engine is not continued on another. */
  readonly engine: string;
}

const advice = "delete it to train from the start";

export function writeCheckpoint(path: string, { identity, lineage, engine }: CheckpointOwner, c: Checkpoint): void {
  const { state, losses, ...progress } = c;
  const vector = (data: Float32Array | Float64Array): StoredTensor => ({
    type: data instanceof Float64Array ? "F64" : "F32",
    shape: [data.length],
    data,
  });
  writeChecked(
    path,
    [
      ...stateNames.map((name) => [name, vector(state[name])] as const),
      ["losses", vector(Float64Array.from(losses))] as const,
    ],
    { identity, lineage, engine, progress: JSON.stringify(progress) },
  );
}

/**
 * The checkpoint of this run.
 *
 * @returns undefined if there is none
 * @throws BenchError (data) if it is damaged, or belongs to another run or engine. Starting again silently would
 * hide that hours of training are lost.
 */
export function readCheckpoint(path: string, owner: CheckpointOwner, parameters: number): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { identity, engine, ...checkpoint } = readState(path, parameters);
    if (identity !== owner.identity)
      throw new BenchError(
        "data",
        `the checkpoint ${path} belongs to another run (other images, settings or weights); ` +
          "choose another --out, or delete it to train this run from the start",
      );
    if (engine !== owner.engine)
      throw new BenchError(
        "data",
        `the checkpoint ${path} was made on engine ${engine}, and engine ${owner.engine} rounds differently; ` +
          `continue with --engine ${engine}, or ${advice}`,
      );
    return checkpoint;
  } catch (error) {
    if (error instanceof BenchError) throw error;
    const what = error instanceof CorruptFileError ? error.message : `${path}: ${(error as Error).message}`;
    throw new BenchError("data", `the checkpoint cannot be used: ${what}; ${advice}`, { cause: error });
  }
}

/**
 * Reads the training state of any run.
 *
 * @throws CorruptFileError if it is damaged or has another number of parameters; system errors pass through
 */
export function readState(path: string, parameters: number): Checkpoint & CheckpointOwner {
  const { tensors, metadata } = readChecked(path);
  const corrupt = (problem: string) => new CorruptFileError(path, problem);
  const vector = (name: string, ...types: readonly StoredTensor["type"][]) => {
    const tensor = tensors.get(name);
    if (!tensor) throw corrupt(`it has no '${name}'`);
    if (!types.includes(tensor.type)) throw corrupt(`'${name}' holds ${tensor.type}, wanted ${types.join(" or ")}`);
    return tensor.data;
  };
  const { identity, lineage, engine, progress } = metadata;
  if (identity === undefined || lineage === undefined || engine === undefined || progress === undefined)
    throw corrupt("it is not a training state");
  const state = Object.fromEntries(stateNames.map((name) => [name, vector(name, "F32")])) as unknown as TrainingState;
  const losses = Array.from(vector("losses", "F64") as Float64Array);
  const rest = parseProgress(path, progress);
  if (stateNames.some((name) => state[name].length !== parameters) || losses.length !== rest.step)
    throw corrupt(`it holds ${state.weights.length} weights after ${losses.length} steps, wanted ${parameters}`);
  return { state, losses, ...rest, identity, lineage, engine };
}

/** The owner and the number of steps of a state file, from its header alone. The content is not verified. */
export async function stateHeader(path: string): Promise<(CheckpointOwner & { readonly step: number }) | undefined> {
  const { metadata } = await openCheckpoint(path);
  const [identity, lineage, engine, progress] = ["identity", "lineage", "engine", "progress"].map((key) =>
    metadata.get(key),
  );
  if (identity === undefined || lineage === undefined || engine === undefined || progress === undefined)
    return undefined;
  return { identity, lineage, engine, step: parseProgress(path, progress).step };
}

const count = z.int().nonnegative();
const lossPoints = z.array(z.looseObject({ step: count, value: z.number().nullable() }));
const fidPoints = z.array(
  z.looseObject({
    step: count,
    value: z.number().nullable(),
    samples: count,
    heldOut: z.number().nullable().optional(),
  }),
);
/** Loose, because later versions may add fields. Numbers that are not finite are null in JSON. */
const progressSchema = z.looseObject({
  step: count,
  fixedBatchLoss: lossPoints,
  fid: z.looseObject({ key: z.string(), points: fidPoints }).optional(),
  seconds: z.number(),
  otherCoreSeconds: z.number(),
  stepMilliseconds: z.number().nullable(),
  costs: z.looseObject({ seconds: z.record(z.string(), z.number()), peakBytes: z.number() }).optional(),
  resumes: count,
  continuedFrom: z.looseObject({ steps: count, identity: z.string() }).optional(),
});

/** Throws CorruptFileError for a text that is not the progress of a training. */
function parseProgress(path: string, text: string): Omit<Progress, "losses"> {
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (error) {
    throw new CorruptFileError(path, `its progress is not JSON (${(error as Error).message})`);
  }
  const { success, data, error } = progressSchema.safeParse(content);
  if (!success) throw new CorruptFileError(path, `its progress is not valid: ${shorten(z.prettifyError(error), 1000)}`);
  return data as unknown as Omit<Progress, "losses">;
}

export const removeCheckpoint = (path: string): void => rmSync(path, { force: true });
