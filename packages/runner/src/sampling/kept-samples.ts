// Finished samples of an unfinished sampling, in a folder: an interrupted one continues with the next batch, and
// several processes share the batches. Each file has the batches that a process finished since its file before, so that
// nothing is written twice. Nobody samples a batch that another live process has claimed.
//
// N = batch, C = channels, S = side

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type HeldLock, replaceFileSync, tryLock } from "@dit-bench/files";
import { CorruptFileError, float32 } from "@dit-bench/weights";
import type { Listener } from "../events.ts";
import { readChecked, writeChecked } from "../storage/checked-file.ts";
import { makeFolder } from "../storage/make-folder.ts";

/** Where samples are kept, and what they are samples of. */
export interface SamplesPlace {
  /** A folder of its own, which `removeKeptSamples` removes. */
  readonly folder: string;
  /** Everything that decides the samples: weights, labels, seed, settings, engine. */
  readonly key: string;
}

export interface KeptSamples {
  /** The batches that are finished, by this process or another one. */
  readonly done: ReadonlySet<number>;
  /** Seconds that other processes took for their batches. */
  readonly otherSeconds: number;
  /** Claims a batch for this process. Returns false if it is finished, or if another process has claimed it. */
  claim(batch: number): Promise<boolean>;
  /** Takes a finished batch that this process has claimed. It is on disk some seconds later, or after `flush`. */
  add(batch: number, values_NCSS: Float32Array): Promise<void>;
  /** Writes the batches that are in memory alone, and gives up all claims. */
  flush(): Promise<void>;
  /** Reads the batches that other processes have finished meanwhile. */
  refresh(): void;
}

/** Minimum seconds between two files, and the minimum as a multiple of the time that the last one took. */
const FILE_SECONDS = 4;
const FILE_SHARE = 20;

/**
 * Opens the folder for the process that needs all samples, which holds a lock on it. Files of other samples are
 * removed; so are damaged ones, with a note, because their samples are quickly made again.
 *
 * @param found gets the samples [N, C, S, S] of each batch of another process
 */
export function openKeptSamples(place: SamplesPlace, found: Found, listener: Listener): KeptSamples {
  const { folder, key } = place;
  makeFolder(folder);
  if (keyOfSamples(folder) !== key) {
    for (const name of samplesIn(folder)) rmSync(join(folder, name));
    replaceFileSync(join(folder, keyName), [Buffer.from(key)]);
  }
  return keptIn(place, found, (message) => listener.note?.(`${message}; its samples are made again`));
}

/** Opens the folder for a process that helps. Returns undefined if nobody samples with this key. */
export const joinKeptSamples = (place: SamplesPlace): KeptSamples | undefined =>
  keyOfSamples(place.folder) === place.key ? keptIn(place, () => {}) : undefined;

/** The key of the samples in a folder; undefined if there is no such folder. */
export function keyOfSamples(folder: string): string | undefined {
  const path = join(folder, keyName);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Removes the folder of samples, and all that is in it. */
export const removeKeptSamples = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 }); // a process that helped may remove its claims now

type Found = (batch: number, values: Float32Array) => void;

/** @param damaged called for a damaged file, which is removed; without it, such files are left alone */
function keptIn({ folder, key }: SamplesPlace, found: Found, damaged?: (message: string) => void): KeptSamples {
  const done = new Set<number>();
  const filesRead = new Set<string>();
  const claims = new Map<number, HeldLock>();
  let otherSeconds = 0;
  let waiting: (readonly [number, Float32Array])[] = [];
  let started = performance.now();
  let nextFile = started + 1e3 * FILE_SECONDS;

  const refresh = () => {
    for (const name of samplesIn(folder)) {
      if (filesRead.has(name)) continue;
      filesRead.add(name);
      const path = join(folder, name);
      try {
        const { tensors, metadata } = readChecked(path);
        if (metadata.key !== key) continue;
        for (const [batch, tensor] of tensors) {
          found(Number(batch), float32(tensor));
          done.add(Number(batch));
        }
        otherSeconds += Number(metadata.seconds);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // all is finished, and the folder is removed
        if (!(error instanceof CorruptFileError)) throw error;
        if (!damaged) continue;
        rmSync(path, { force: true });
        filesRead.delete(name); // another process may write it again
        damaged(error.message);
      }
    }
  };
  const write = () => {
    if (waiting.length === 0) return;
    const before = performance.now();
    const name = `${fileStart}${waiting[0]![0]}.safetensors`;
    const tensors = waiting.map(
      ([batch, data]) => [String(batch), { type: "F32", shape: [data.length], data }] as const,
    );
    writeChecked(join(folder, name), tensors, { key, seconds: String((before - started) / 1e3) });
    filesRead.add(name);
    waiting = [];
    started = performance.now();
    nextFile = started + Math.max(1e3 * FILE_SECONDS, FILE_SHARE * (started - before));
  };
  const flush = async () => {
    try {
      write();
    } finally {
      // Also after an error: this process may live on, and the others would wait for its batches.
      for (const [batch, claim] of claims) {
        claims.delete(batch);
        await claim.release();
      }
    }
  };
  /** The lock of a batch; undefined if another process has it, or if all is finished and the folder is gone. */
  const claimOf = async (batch: number): Promise<HeldLock | undefined> => {
    try {
      const lock = await tryLock(join(folder, `.batch-${batch}.lock`));
      return typeof lock === "string" ? undefined : lock;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  refresh();
  return {
    done,
    get otherSeconds() {
      return otherSeconds;
    },
    async claim(batch) {
      if (done.has(batch)) return false;
      const lock = await claimOf(batch);
      if (lock === undefined) return false;
      claims.set(batch, lock);
      refresh(); // another process may have finished it before this one had the lock
      if (!done.has(batch)) return true;
      claims.delete(batch);
      await lock.release();
      return false;
    },
    async add(batch, values_NCSS) {
      waiting.push([batch, values_NCSS]);
      done.add(batch);
      if (performance.now() > nextFile) await flush();
    },
    flush,
    refresh,
  };
}

const fileStart = "samples-from-batch-";
/** The file with the key of the samples, by which a process that would help knows whether it can. */
const keyName = "key.txt";

function samplesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith(fileStart));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // finished meanwhile
    throw error;
  }
}
