// Opens an autoencoder's checkpoint without reading its weights: the 335 MB are needed only while a network is
// compiled.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type AutoencoderConfig,
  AutoencoderLayoutError,
  autoencoderAnchor,
  decoderWeights,
  encoderWeights,
  recogniseAutoencoder,
  type Shapes,
} from "@dit-bench/autoencoder";
import { parseJson, shorten } from "@dit-bench/text";
import { type Checkpoint, openCheckpoint, stripWrappers } from "@dit-bench/weights";
import { BenchError } from "../errors.ts";

export interface AutoencoderFile {
  readonly path: string;
  readonly config: AutoencoderConfig;
  /** Notes for the user about the file: changed names, skipped tensors. */
  readonly notes: readonly string[];
  /** Reads the weights of these names (those of diffusers) and shapes. */
  read(shapes: Shapes): Record<string, Float32Array>;
  /** SHA-256 over names and values of all weights, independent of the file format. */
  sha256(): string;
}

const wantedText = "wanted an AutoencoderKL such as sd-vae-ft-ema: diffusers' folder, or its file of weights";

/**
 * @param path a diffusers folder, the folder of a pipeline with `vae` in it, or a file of weights with its config.json
 * beside it
 * @throws BenchError (data) if there is no such file, or it is not an AutoencoderKL
 */
export async function openAutoencoder(path: string): Promise<AutoencoderFile> {
  if (!existsSync(path)) throw new BenchError("data", `${path}: there is no such file or folder; ${wantedText}`);
  const inside = join(path, "vae");
  const place = statSync(path).isDirectory() && existsSync(join(inside, "config.json")) ? inside : path;
  const opened = await openCheckpoint(place);
  const checkpoint = stripWrappers(opened, [autoencoderAnchor]);
  const settings = place === path && statSync(path).isFile() ? settingsBeside(path) : [];
  const { config, weights } = recognise(place, checkpoint, new Map([...checkpoint.metadata, ...settings]));
  const read = (shapes: Shapes) =>
    Object.fromEntries(
      Object.keys(shapes).map((name) => [name, readFinite(place, checkpoint, weights.get(name)!.stored)]),
    );
  let hash: string | undefined;
  return {
    path: place,
    config,
    notes: checkpoint.notes.slice(opened.notes.length),
    read,
    sha256() {
      hash ??= hashOf({ ...encoderWeights(config), ...decoderWeights(config) }, (name) =>
        checkpoint.float32(weights.get(name)!.stored),
      );
      return hash;
    },
  };
}

/**
 * Scalar values of the config.json beside a file of weights, by the names that `openCheckpoint` gives those of a
 * folder.
 */
function settingsBeside(file: string): [string, string][] {
  const path = join(dirname(file), "config.json");
  if (!existsSync(path)) return [];
  let values: unknown;
  try {
    values = parseJson(readFileSync(path, "utf8"));
  } catch (error) {
    throw new BenchError("data", `${path}: it is not JSON (${(error as Error).message})`, { cause: error });
  }
  const className = (values as { _class_name?: unknown } | null)?._class_name;
  if (className !== "AutoencoderKL") return []; // it belongs to another model in the same folder
  return Object.entries(values as object).flatMap(([key, value]): [string, string][] =>
    value === null || typeof value === "object" ? [] : [[`config.${key}`, String(value)]],
  );
}

function recognise(path: string, { tensors }: Checkpoint, metadata: ReadonlyMap<string, string>) {
  try {
    return recogniseAutoencoder(tensors, metadata);
  } catch (error) {
    if (!(error instanceof AutoencoderLayoutError)) throw error;
    throw new BenchError("data", `${path}: ${shorten(error.message, 400)}; ${wantedText}`, { cause: error });
  }
}

function readFinite(path: string, checkpoint: Checkpoint, name: string): Float32Array {
  const values = checkpoint.float32(name);
  const bad = values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw new BenchError("data", `${path}: number ${bad} of '${name}' is ${values[bad]}; fetch it again`);
  return values;
}

function hashOf(shapes: Shapes, read: (name: string) => Float32Array): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(shapes).sort()) {
    const { buffer, byteOffset, byteLength } = read(name);
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
