// The state of an unfinished training, whole or not at all on the disk.

import { existsSync, rmSync } from "node:fs";
import { CorruptFileError, float32, readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { BenchError } from "./errors.ts";
import { stateNames, type TrainingState } from "./optimise.ts";

export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  readonly state: TrainingState;
  /** Loss of each step done. */
  readonly losses: readonly number[];
  /** Seconds spent in steps, and how often training was taken up again. */
  readonly seconds: number;
  readonly resumes: number;
}

/** What a checkpoint is of; another training's is refused, and another engine's too, since it would round otherwise. */
export interface CheckpointOwner {
  readonly identity: string;
  readonly engine: string;
}

export function writeCheckpoint(path: string, { identity, engine }: CheckpointOwner, c: Checkpoint): void {
  const tensors = stateNames.map((name) => [name, f32(c.state[name])] as const);
  const { step, seconds, resumes } = c;
  writeSafetensors(
    path,
    [...tensors, ["losses", { type: "F64", shape: [c.losses.length], data: Float64Array.from(c.losses) }]],
    {
      identity,
      engine,
      progress: JSON.stringify({ step, seconds, resumes }),
    },
  );
}

/** The checkpoint at `path`, or undefined where there is none. */
export function readCheckpoint(
  path: string,
  { identity, engine }: CheckpointOwner,
  parameters: number,
): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const advice = "delete it to train from the start";
  try {
    const { tensors, metadata } = readSafetensors(path);
    if (metadata.identity !== identity)
      throw new BenchError(
        "data",
        `the checkpoint ${path} is of another run (its data, settings or weights were others); ${advice}, or choose another --out`,
      );
    const before = metadata.engine ?? engine;
    if (before !== engine)
      throw new BenchError(
        "data",
        `the checkpoint ${path} was made on engine ${before} and this run is on ${engine}, which rounds otherwise; go on with --engine ${before}, or ${advice}`,
      );
    const state = Object.fromEntries(
      stateNames.map((name) => [name, float32(tensors.get(name)!)]),
    ) as unknown as TrainingState;
    const { step, seconds, resumes } = JSON.parse(metadata.progress!) as Omit<Checkpoint, "state" | "losses">;
    const losses = Array.from(tensors.get("losses")!.data as Float64Array);
    if (stateNames.some((name) => state[name].length !== parameters) || losses.length !== step)
      throw new Error(`it holds ${state.weights.length} weights after ${step} steps, wanted ${parameters}`);
    return { step, state, losses, seconds, resumes };
  } catch (error) {
    if (error instanceof BenchError) throw error;
    const what = error instanceof CorruptFileError ? error.message : `${path}: ${(error as Error).message}`;
    throw new BenchError("data", `the checkpoint is corrupt: ${what}; ${advice}`, { cause: error });
  }
}

export const removeCheckpoint = (path: string): void => rmSync(path, { force: true });

const f32 = (data: Float32Array) => ({ type: "F32" as const, shape: [data.length], data });
