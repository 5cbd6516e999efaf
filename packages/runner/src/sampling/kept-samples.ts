// Finished samples of an unfinished sampling, on disk: an interrupted one continues with the next batch. Each file has
// the batches that were finished since the file before it, so that nothing is written twice.
//
// N = batch, C = channels, S = side

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeLeftovers } from "@dit-bench/files";
import { CorruptFileError, float32 } from "@dit-bench/weights";
import type { Listener } from "../events.ts";
import { readChecked, writeChecked } from "../storage/checked-file.ts";
import { makeFolder } from "../storage/make-folder.ts";

export interface KeptSamples {
  /** Samples [N, C, S, S] of the batches that earlier processes finished, by the number of the batch. */
  readonly batches: ReadonlyMap<number, Float32Array>;
  /** Seconds that the earlier processes took for them. */
  readonly seconds: number;
  /** Takes the next finished batch. It is on disk some seconds later, or after `flush`. */
  add(batch: number, values_NCSS: Float32Array): void;
  /** Writes the batches that are in memory alone. */
  flush(): void;
}

/** Where samples are kept, and what they are samples of. */
export interface SamplesPlace {
  /** A folder of its own, which `removeKeptSamples` removes. */
  readonly folder: string;
  /** Digest of everything that decides the samples: weights, labels, seed, settings, engine. */
  readonly key: string;
  readonly listener: Listener;
}

/** Minimum seconds between two files, and the minimum as a multiple of the time that the last one took. */
const FILE_SECONDS = 4;
const FILE_SHARE = 20;

/**
 * Reads what earlier processes kept. Files of other samples are removed; so are damaged ones, with a note, because
 * their samples are quickly made again.
 */
export function openKeptSamples({ folder, key, listener }: SamplesPlace): KeptSamples {
  const { batches, seconds } = readAll({ folder, key, listener });
  let waiting: (readonly [number, Float32Array])[] = [];
  let started = performance.now();
  let nextFile = started + 1e3 * FILE_SECONDS;
  const flush = () => {
    const before = performance.now();
    if (waiting.length === 0) return;
    makeFolder(folder);
    const tensors = waiting.map(
      ([batch, data]) => [String(batch), { type: "F32", shape: [data.length], data }] as const,
    );
    const metadata = { key, seconds: String((before - started) / 1e3) };
    writeChecked(join(folder, `${fileStart}${waiting[0]![0]}.safetensors`), tensors, metadata);
    waiting = [];
    started = performance.now();
    nextFile = started + Math.max(1e3 * FILE_SECONDS, FILE_SHARE * (started - before));
  };
  return {
    batches,
    seconds,
    add(batch, values_NCSS) {
      waiting.push([batch, values_NCSS]);
      if (performance.now() > nextFile) flush();
    },
    flush,
  };
}

/** Removes the folder of samples, and all that is in it. */
export const removeKeptSamples = (folder: string): void => rmSync(folder, { recursive: true, force: true });

const fileStart = "samples-from-batch-";

function readAll({ folder, key, listener }: SamplesPlace): Pick<KeptSamples, "batches" | "seconds"> {
  const batches = new Map<number, Float32Array>();
  let seconds = 0;
  for (const path of filesIn(folder)) {
    try {
      const { tensors, metadata } = readChecked(path);
      if (metadata.key !== key) {
        rmSync(path);
        continue;
      }
      for (const [name, tensor] of tensors) batches.set(Number(name), float32(tensor));
      seconds += Number(metadata.seconds);
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
      rmSync(path);
      listener.note?.(`${error.message}; its samples are made again`);
    }
  }
  return { batches, seconds };
}

function filesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  removeLeftovers(folder, 0);
  return names.filter((name) => name.startsWith(fileStart)).map((name) => join(folder, name));
}
