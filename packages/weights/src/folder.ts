// Opens weights in a folder, or in several files with an index, in the layouts of diffusers and transformers.

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Checkpoint, checkpoint } from "./checkpoint.ts";
import { CorruptFileError } from "./corrupt-file-error.ts";
import { maxTensors } from "./limits.ts";
import type { PlacedTensor } from "./placed-tensor.ts";
import { type ReadableFile, withFile } from "./read-file.ts";
import { type Json, JsonError, type JsonObject, parseStrictJson } from "./strict-json.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

type OpenFile = (path: string) => Promise<Checkpoint>;

/** File names of weights in diffusers (utils/constants.py) and transformers (utils/__init__.py), preferred first. */
const weightFiles = ["diffusion_pytorch_model", "model", "pytorch_model"].flatMap((stem) =>
  ["safetensors", "fp16.safetensors", "bin", "fp16.bin"].flatMap((end) => [
    `${stem}.${end}.index.json`,
    `${stem}.${end}`,
  ]),
);

const maxJsonBytes = 32 << 20;
const maxShards = 1_000;

/** File names of adapters in PEFT (utils/constants.py) and diffusers (loaders/lora_base.py). */
const adapterFiles = ["adapter_model", "pytorch_lora_weights"].flatMap((stem) => [
  `${stem}.safetensors`,
  `${stem}.bin`,
]);

/**
 * Opens the folder of a model, of a pipeline with a folder `transformer`, or of an adapter; otherwise the only file of
 * weights in the folder. The values of `config.json` or `adapter_config.json` become metadata. Throws
 * UnsupportedFileError if the folder has no such file.
 */
export async function openFolder(folder: string, open: OpenFile): Promise<Checkpoint> {
  for (const [place, names, settings] of [
    [folder, weightFiles, "config.json"],
    [join(folder, "transformer"), weightFiles, "config.json"],
    [folder, adapterFiles, "adapter_config.json"],
  ] as const) {
    const weights = names.map((name) => join(place, name)).find(existsSync);
    if (weights) return openWeightFile(folder, weights, join(place, settings), open);
  }
  const { weights, folders } = listWeightFiles(folder);
  if (weights.length === 1) return openWeightFile(folder, join(folder, weights[0]!), join(folder, "config.json"), open);
  throw new UnsupportedFileError(folder, describeMissingWeights(weights, folders));
}

async function openWeightFile(folder: string, weights: string, config: string, open: OpenFile): Promise<Checkpoint> {
  const opened = await open(weights);
  const settings = existsSync(config) ? withFile(config, readConfig) : [];
  return {
    ...opened,
    source: folder,
    format: `folder, ${opened.format}`,
    metadata: new Map([...opened.metadata, ...settings]),
    notes: [...opened.notes, `read from ${weights}`],
  };
}

/** Lists the files in a folder that have an extension of weights, and the subfolders that contain such files. */
function listWeightFiles(folder: string): { readonly weights: readonly string[]; readonly folders: readonly string[] } {
  const weightsIn = (path: string) =>
    readdirSync(path, { withFileTypes: true }).filter(
      (entry) => !entry.name.startsWith(".") && !entry.isDirectory() && weightEnding.test(entry.name),
    );
  const subfolders = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  );
  return {
    weights: weightsIn(folder)
      .map(({ name }) => name)
      .sort(),
    folders: subfolders
      .map(({ name }) => name)
      .filter((name) => weightsIn(join(folder, name)).length > 0)
      .sort(),
  };
}

const weightEnding = /\.(safetensors|pt|pth|ckpt|bin)$/i;

/** Describes why no file of a folder was opened, and what to give instead. */
function describeMissingWeights(weights: readonly string[], folders: readonly string[]): string {
  const shards = weights.filter((name) => /-\d{5}-of-\d{5}\.\w+$/.test(name));
  if (shards.length > 0)
    return (
      `it holds ${shards.length} shards (${firstNames(shards)}) without their index, ` +
      `a file such as ${shards[0]!.replace(/-\d{5}-of-\d{5}/, "")}.index.json`
    );
  if (weights.length > 0)
    return (
      `a folder with ${weights.length} files of weights, none with a known name: ` +
      `${firstNames(weights)}; give one of them`
    );
  if (folders.length > 0)
    return (
      "a folder without weights, but with subfolders that have some: " +
      `${firstNames(folders.map((name) => `${name}/`))}; give one of them`
    );
  return `a folder without weights: wanted ${weightFiles.slice(0, 2).join(" or ")}, here or in its folder transformer`;
}

const firstNames = (names: readonly string[]): string =>
  names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");

/** The settings that are plain values, with names such as `config.num_layers`. Lists and objects are omitted. */
function readConfig(file: ReadableFile): [string, string][] {
  return [...jsonObject(file)]
    .filter(([, value]) => value !== null && typeof value !== "object")
    .map(([key, value]) => [`config.${key}`, String(value)]);
}

/** Opens an index of shards: `{"metadata": …, "weight_map": {"TENSOR": "FILE"}}`. */
export async function openIndex(file: ReadableFile, open: OpenFile): Promise<Checkpoint> {
  const map = jsonObject(file).get("weight_map");
  if (!(map instanceof Map))
    throw new UnsupportedFileError(file.path, 'JSON without a "weight_map": wanted the index of a sharded checkpoint');
  if (map.size > maxTensors)
    throw new UnsupportedFileError(file.path, `${map.size} tensors: at most ${maxTensors} are read`);
  const shards = new Map<string, Set<string>>();
  for (const [name, shard] of map as JsonObject) {
    const fileName = shardName(file.path, name, shard);
    shards.set(fileName, (shards.get(fileName) ?? new Set()).add(name));
  }
  if (shards.size > maxShards)
    throw new UnsupportedFileError(file.path, `${shards.size} shards: at most ${maxShards} are read`);
  const tensors = new Map<string, PlacedTensor>();
  const formats = new Set<string>();
  for (const [shard, names] of shards) {
    const path = join(dirname(file.path), shard);
    if (!existsSync(path)) throw new CorruptFileError(file.path, `its shard ${JSON.stringify(shard)} does not exist`);
    const opened = await open(path);
    formats.add(opened.format);
    for (const name of names) {
      const tensor = opened.tensors.get(name);
      if (!tensor) throw new CorruptFileError(path, `it lacks the tensor ${JSON.stringify(name)} of the index`);
      tensors.set(name, tensor as PlacedTensor);
    }
    for (const name of opened.tensors.keys())
      if (!names.has(name)) throw new CorruptFileError(path, `its tensor ${JSON.stringify(name)} is not in the index`);
  }
  return checkpoint({ source: file.path, format: `${shards.size} shards, ${[...formats].join(" and ")}`, tensors });
}

/** The name of a shard. Throws CorruptFileError unless it is a plain file name, without a folder. */
function shardName(path: string, tensor: string, shard: Json): string {
  if (typeof shard !== "string" || !/^[^/\\:\0]{1,255}$/.test(shard) || shard === "." || shard === "..")
    throw new CorruptFileError(
      path,
      `tensor ${JSON.stringify(tensor)} is in ${JSON.stringify(String(shard))}: ` +
        "wanted the name of a file in the same folder",
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
