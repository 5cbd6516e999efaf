// Weights that are a folder, or several files with an index: the layouts of diffusers and transformers.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Checkpoint, checkpoint } from "./checkpoint.ts";
import { CorruptFileError } from "./corrupt-file-error.ts";
import { maxTensors } from "./limits.ts";
import type { PlacedTensor } from "./place.ts";
import { type ReadableFile, withFile } from "./read-file.ts";
import { type Json, JsonError, type JsonObject, parseStrictJson } from "./strict-json.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

type Open = (path: string) => Promise<Checkpoint>;

/** Names that diffusers (utils/constants.py) and transformers (utils/__init__.py) give weights, in the order of preference. */
const weightFiles = ["diffusion_pytorch_model", "model", "pytorch_model"].flatMap((stem) =>
  ["safetensors", "fp16.safetensors", "bin", "fp16.bin"].flatMap((end) => [
    `${stem}.${end}.index.json`,
    `${stem}.${end}`,
  ]),
);

const maxJsonBytes = 32 << 20;
const maxShards = 1_000;

/** A model's folder, or a pipeline's, whose transformer is in a folder of its own; `config.json` becomes metadata. */
export async function openFolder(folder: string, open: Open): Promise<Checkpoint> {
  for (const place of [folder, join(folder, "transformer")]) {
    const weights = weightFiles.map((name) => join(place, name)).find(existsSync);
    if (!weights) continue;
    const { format, tensors, metadata, notes, read, float32 } = await open(weights);
    const config = join(place, "config.json");
    const settings = existsSync(config) ? withFile(config, readConfig) : [];
    return {
      source: folder,
      format: `folder, ${format}`,
      tensors,
      metadata: new Map([...metadata, ...settings]),
      notes: [...notes, `read from ${weights}`],
      read,
      float32,
    };
  }
  throw new UnsupportedFileError(
    folder,
    `a folder without weights: wanted ${weightFiles.slice(0, 2).join(" or ")}, here or in its folder transformer`,
  );
}

/** Settings that are plain values, by the name `config.num_layers`. */
function readConfig(file: ReadableFile): [string, string][] {
  return [...jsonObject(file)]
    .filter(([, value]) => value !== null && typeof value !== "object")
    .map(([key, value]) => [`config.${key}`, String(value)]);
}

/** Shards and which tensor is in which: `{"metadata": …, "weight_map": {"name": "file"}}`. */
export async function openIndex(file: ReadableFile, open: Open): Promise<Checkpoint> {
  const map = jsonObject(file).get("weight_map");
  if (!(map instanceof Map))
    throw new UnsupportedFileError(file.path, 'JSON without a "weight_map": wanted the index of a sharded checkpoint');
  if (map.size > maxTensors)
    throw new UnsupportedFileError(file.path, `${map.size} tensors: at most ${maxTensors} are read`);
  const shards = new Map<string, Set<string>>();
  for (const [name, shard] of map as JsonObject) {
    const safe = shardName(file.path, name, shard);
    shards.set(safe, (shards.get(safe) ?? new Set()).add(name));
  }
  if (shards.size > maxShards)
    throw new UnsupportedFileError(file.path, `${shards.size} shards: at most ${maxShards} are read`);
  const tensors = new Map<string, PlacedTensor>();
  const formats = new Set<string>();
  for (const [shard, names] of shards) {
    const path = join(dirname(file.path), shard);
    if (!existsSync(path)) throw new CorruptFileError(file.path, `its shard ${JSON.stringify(shard)} is not there`);
    const opened = await open(path);
    formats.add(opened.format);
    for (const name of names) {
      const placed = opened.tensors.get(name);
      if (!placed)
        throw new CorruptFileError(path, `it has no tensor ${JSON.stringify(name)}, the index says that it has`);
      tensors.set(name, placed as PlacedTensor);
    }
    for (const name of opened.tensors.keys())
      if (!names.has(name)) throw new CorruptFileError(path, `its tensor ${JSON.stringify(name)} is not in the index`);
  }
  return checkpoint({ source: file.path, format: `${shards.size} shards, ${[...formats].join(" and ")}`, tensors });
}

/** A shard's name, if it is a file beside the index and nothing else. */
function shardName(path: string, tensor: string, shard: Json): string {
  if (typeof shard !== "string" || !/^[^/\\:\0]{1,255}$/.test(shard) || shard === "." || shard === "..")
    throw new CorruptFileError(
      path,
      `tensor ${JSON.stringify(tensor)} is in ${JSON.stringify(String(shard))}: wanted the name of a file in the same folder`,
    );
  return shard;
}

function jsonObject(file: ReadableFile): JsonObject {
  if (file.size > maxJsonBytes)
    throw new UnsupportedFileError(file.path, `${file.size} bytes of JSON: at most ${maxJsonBytes} are read`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(file.read(0, file.size));
  } catch (error) {
    if (error instanceof TypeError) throw new CorruptFileError(file.path, "not UTF-8 text");
    throw error;
  }
  try {
    const value = parseStrictJson(text);
    if (value instanceof Map) return value as JsonObject;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CorruptFileError(file.path, `not strict JSON: ${error.message}`);
  }
  throw new CorruptFileError(file.path, "JSON that is not an object");
}
