// The training state that a finished run keeps in `state.safetensors`. The same cell with more steps continues from it,
// and a run that differs only in sampling or metrics needs no training.

import { createHash } from "node:crypto";
import { readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { BenchError } from "../errors.ts";
import type { Listener } from "../events.ts";
import type { RecipeSettings } from "../recipe/recipe.ts";
import { moveFolderAside } from "../storage/move-folder-aside.ts";
import {
  type Checkpoint,
  type CheckpointOwner,
  type Progress,
  readState,
  removeCheckpoint,
  stateHeader,
} from "./checkpoint.ts";

/** When a finished run keeps its training state. `auto`: if it takes at most `AUTO_BYTES`. */
export type KeepState = "auto" | "always" | "never";

/** 67 million trained weights: every published method on DiT-XL/2 except full fine-tuning. */
const AUTO_BYTES = 2 ** 30;

/** Bytes of weights, two moments and the moving average, float32 each. */
export const stateBytes = (parameters: number): number => 16 * parameters;

export const isStateKept = (parameters: number, when: KeepState = "auto"): boolean =>
  when === "always" || (when === "auto" && stateBytes(parameters) <= AUTO_BYTES);

/**
 * Notes that `when` has no effect on a run that was finished before: its state is made by training alone, and is not
 * deleted, because it may be worth days of training.
 */
export function noteKeptState(statePath: string, when: KeepState | undefined, listener: Listener): void {
  const isThere = isFile(statePath);
  if (when === "always" && !isThere)
    listener.note?.(
      "--keep-state always has no effect on a run that was finished before without its training state; " +
        `to train again and keep it, delete ${dirname(statePath)}`,
    );
  if (when === "never" && isThere)
    listener.note?.(
      "--keep-state never has no effect on a run that was finished before; " +
        `delete ${statePath} if this run will not be trained further`,
    );
}

/**
 * Digest of everything that decides the training state after a given step: the identity of the cell without steps,
 * sampling and metrics.
 */
export function lineageOf(parts: {
  readonly settings: RecipeSettings;
  readonly method: string;
  /** Digest of a plug-in's source. */
  readonly methodCode?: string;
  readonly learningRate: number;
  /** A rate of the run that replaces the published one. */
  readonly ownLearningRate?: number;
  readonly options: object;
  readonly fingerprint: string;
  readonly seed: number;
  /** SHA-256 of the base model's weights. */
  readonly base: string;
  readonly autoencoder?: string;
}): string {
  const { settings, ...others } = parts;
  const { model, baseInputSize, positions, autoencoder, data, training } = settings;
  const { steps, ...trainingRest } = training;
  const { heldOut, ...dataRest } = data; // the fingerprint of the training images decides
  const decided = {
    ...others,
    autoencoder: others.autoencoder && [others.autoencoder, autoencoder?.scale, autoencoder?.tile],
    settings: [
      ...[model, baseInputSize, dataRest, Object.entries(trainingRest).sort()],
      ...(positions === undefined ? [] : [positions]), // a later setting: other states keep their lineage
    ],
  };
  const ordered = Object.entries(decided).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(ordered)).digest("hex");
}

/** Renames the last checkpoint to the kept state. Does nothing if training took its last state from elsewhere. */
export function keepState(checkpoint: string, statePath: string, listener: Listener): void {
  if (!isFile(checkpoint)) return;
  moveFolderAside(statePath, listener);
  renameSync(checkpoint, statePath);
}

/** Removes the checkpoint of a finished run that keeps no state. */
export function dropState(checkpoint: string, parameters: number, listener: Listener): void {
  if (!isFile(checkpoint)) return;
  removeCheckpoint(checkpoint);
  const size = (stateBytes(parameters) / 1e9).toFixed(1);
  listener.note?.(
    `the training state (${size} GB) is not kept: to train this run further later, start it with --keep-state always`,
  );
}

/** The state that a training continues, and the run that it is of. */
export type EarlierState = Checkpoint & Pick<CheckpointOwner, "identity">;

/**
 * Finds the longest kept state of the same training with at most `steps` steps: of this cell, or of the same cell under
 * another protocol in `out`. Skips states that are damaged or from another engine, with a note.
 *
 * @param cell the cell's folder, below `out`
 */
export async function findState(
  {
    out,
    cell,
    owner,
    steps,
    problemOf = () => undefined,
    listener,
  }: {
    out: string;
    cell: string;
    owner: CheckpointOwner;
    steps: number;
    /** Why a state of another run is not continued, though its lineage is this one. */
    problemOf?: (progress: Progress) => string | undefined;
    listener: Listener;
  },
  parameters: number,
): Promise<EarlierState | undefined> {
  const candidates: { path: string; step: number; own: boolean }[] = [];
  for (const folder of sameCells(out, cell)) {
    const path = join(folder, "state.safetensors");
    if (!isFile(path)) continue;
    const header = await stateHeader(path).catch((error: Error) => {
      if (folder === cell) listener.note?.(`the kept training state is not used: ${error.message}`);
      return undefined;
    });
    if (header === undefined || header.lineage !== owner.lineage || !(header.step <= steps)) continue;
    if (header.engine === owner.engine) candidates.push({ path, step: header.step, own: folder === cell });
    else
      listener.note?.(
        `${path} is not continued: it was made on engine ${header.engine}, ` +
          `and engine ${owner.engine} rounds differently`,
      );
  }
  candidates.sort((a, b) => b.step - a.step || Number(b.own) - Number(a.own));
  for (const { path } of candidates) {
    try {
      const { lineage, engine, ...state } = readState(path, parameters);
      const { identity } = state;
      if (lineage !== owner.lineage || engine !== owner.engine || state.step > steps) continue; // replaced meanwhile
      if (identity === owner.identity) return state;
      const problem = problemOf(state);
      if (problem !== undefined) {
        listener.note?.(`${path} is not continued: ${problem}`);
        continue;
      }
      listener.note?.(`continuing after step ${state.step} of ${path}`);
      return { ...state, continuedFrom: { steps: state.step, identity } };
    } catch (error) {
      listener.note?.(`the kept training state is not used: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** The folders of this cell under every protocol: `out` / any / dataset / method / seed. */
function sameCells(out: string, cell: string): string[] {
  const [, ...rest] = relative(out, cell).split(sep);
  try {
    return readdirSync(out, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => join(out, name, ...rest));
  } catch (error) {
    throw new BenchError("io", `cannot list ${out}: ${(error as Error).message}`, { cause: error });
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
