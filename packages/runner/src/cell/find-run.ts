// The files that an earlier run left in a cell's folder, and which of them are usable.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { RecordError, type RunRecord, readRecord } from "@dit-bench/record";
import { BenchError } from "../errors.ts";
import { type RecipeSettings, withoutTexts } from "../recipe/schema.ts";
import { sha256Of } from "../storage/hashes.ts";
import { isWholePng } from "./whole-png.ts";

/** Paths of a cell's files. */
export interface CellFiles {
  readonly folder: string;
  readonly recordPath: string;
  readonly weightsPath: string;
  readonly sheetPath: string;
  /** Loss and time of each training step, for other programs. */
  readonly stepsPath: string;
  /** State of an unfinished training. */
  readonly checkpointPath: string;
  /** Training state of a finished run. */
  readonly statePath: string;
  /** Folder of the finished samples of an unfinished sampling. */
  readonly samplesPath: string;
  readonly lockPath: string;
}

export function filesOf(folder: string): CellFiles {
  return {
    folder,
    recordPath: join(folder, "record.json"),
    weightsPath: join(folder, "weights.safetensors"),
    sheetPath: join(folder, "sheet.png"),
    stepsPath: join(folder, "metrics.jsonl"),
    checkpointPath: join(folder, "checkpoint.safetensors"),
    statePath: join(folder, "state.safetensors"),
    samplesPath: join(folder, "samples"),
    lockPath: join(folder, ".lock"),
  };
}

/** Fields of a record that decide the numbers of a cell, with the values for the cell that is to be run. */
export type ExpectedRun = Pick<RunRecord, "identity" | "settings"> & {
  /** The identity that versions before 2026-11-28 gave this run: it included these texts of the recipe. */
  formerIdentity(texts: { readonly title: unknown; readonly about: unknown }): string;
  readonly fingerprint: string;
  /** Fingerprint of the held-out images, if any. */
  readonly heldOut: string | undefined;
  readonly weights: Pick<RunRecord["weights"], "base" | "extractor" | "autoencoder">;
};

export interface FoundRun {
  /** The record of this cell's finished run; undefined if there is no usable one. */
  readonly record?: RunRecord;
  /** The problem with the record or with the trained weights, for messages. */
  readonly problem?: string;
  /** Charts and sheets that are missing or damaged. */
  readonly images: readonly string[];
}

/**
 * Checks the record, the trained weights and `images` (names in the folder). Throws BenchError for records that must
 * not be replaced: another run's, a diverged one, and one that a newer version wrote.
 */
export async function findRun(files: CellFiles, expected: ExpectedRun, images: readonly string[]): Promise<FoundRun> {
  const { folder, recordPath, weightsPath } = files;
  let record: RunRecord;
  try {
    record = await readRecord(recordPath);
  } catch (error) {
    return { images: [], ...problemOf(recordPath, error as NodeJS.ErrnoException) };
  }
  const { title, about } = record.settings;
  if (record.identity !== expected.identity && record.identity !== expected.formerIdentity({ title, about }))
    throw errorOfAnotherRun(files, record, expected);
  if (record.exit === "diverged")
    throw new BenchError(
      "diverged",
      `this run diverged before (${recordPath}); delete its folder to try again, or change its settings`,
    );
  const problem = problemOfWeights(weightsPath, record);
  return {
    record,
    ...(problem === undefined ? {} : { problem }),
    images: images.filter((name) => !isWholePng(join(folder, name))),
  };
}

/** A missing or damaged record is no error: the cell is run again. */
function problemOf(path: string, error: NodeJS.ErrnoException): { problem?: string } {
  if (error.code === "ENOENT") return {};
  if (!(error instanceof RecordError)) throw error;
  if (error.newer !== undefined)
    throw new BenchError(
      "data",
      `${path} was written by a newer version of this program (${error.newer}); ` +
        "use that version, or delete the file to run the cell again",
    );
  const advice = error.message.lastIndexOf("; ");
  return { problem: advice < 0 ? error.message : error.message.slice(0, advice) };
}

function problemOfWeights(path: string, { weights }: RunRecord): string | undefined {
  if (!existsSync(path)) return `${path} is missing`;
  const stat = statSync(path);
  if (stat.isDirectory()) return `${path} is a folder`;
  const { trained, trainedBytes = stat.size } = weights;
  if (stat.size !== trainedBytes) return `${path} has ${stat.size} bytes, ${trainedBytes} were written`;
  return sha256Of(path) === trained ? undefined : `${path}: its SHA-256 is not the one in the run's record`;
}

function errorOfAnotherRun({ recordPath, folder }: CellFiles, record: RunRecord, expected: ExpectedRun): BenchError {
  const { weights } = record;
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const deciding = (settings: RunRecord["settings"]) => withSortedKeys(withoutTexts(settings as RecipeSettings));
  const differences = [
    record.data.fingerprint !== expected.fingerprint && "other images",
    record.data.heldOut?.fingerprint !== expected.heldOut && "other held-out images",
    weights.base !== expected.weights.base && "another base model",
    weights.extractor !== expected.weights.extractor && "another extractor",
    weights.autoencoder !== expected.weights.autoencoder && "another autoencoder",
    !same(deciding(record.settings), deciding(expected.settings)) && "other settings",
  ].filter((what) => what !== false);
  // With all of these equal, the method differs: a plug-in that was edited since.
  const remedy =
    differences.length > 0
      ? "choose another --out"
      : `choose another --out, or delete ${folder} if its results are no longer needed`;
  return new BenchError(
    "usage",
    `${recordPath} is the record of another run (${differences.join(", ") || "another version of the method"}); ` +
      `${remedy}`,
  );
}

/** A copy with sorted keys, as records have them, for comparison. */
function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, withSortedKeys(inner)]),
  );
}
