// Reads and writes PyTorch's checkpoints, diffusers' folders and safetensors with both sets of names. Compares the
// bytes with PyTorch's.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { asDiffusers, asOfficial, diffusersConfig, ditByName, ditModel } from "@dit-bench/dit";
import { openDit } from "@dit-bench/runner";
import { readWeights } from "@dit-bench/runner/parts";
import { openCheckpoint, writeSafetensors } from "@dit-bench/weights";
import { largestDifference, runPython, top } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */
/** @import { StoredTensor } from "@dit-bench/weights" */
/** @typedef {import("@dit-bench/dit").TensorView<StoredTensor>} View */
/** @typedef {Record<string, string>} Sums SHA-256 by tensor */

export const name = "checkpoints";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  if (size === "true") {
    yield* measureLarge(python, folder);
    return;
  }
  const target = join(folder, "checkpoints");
  execFileSync(python, [join(top, "tools/torch/checkpoints.py"), target], { stdio: ["ignore", "ignore", "pipe"] });
  const weights = join(target, "weights");
  const expected = await openCheckpoint(join(weights, "numbers.safetensors"));
  const types = new Set([...expected.tensors.values()].map(({ type }) => type));
  const files = readdirSync(weights).filter((file) => /^(numbers|protocol-[1-5])-(zip|legacy)\.pt$/.test(file));
  for (const kind of ["zip", "legacy"]) {
    let tensors = 0;
    let wrongCount = 0;
    for (const file of files.filter((file) => file.includes(kind))) {
      const checkpoint = await openCheckpoint(join(weights, file));
      for (const name of checkpoint.tensors.keys()) {
        tensors++;
        if (!sameBytes(checkpoint.read(name), expected.read(name))) wrongCount++;
      }
    }
    yield row(`${kind}, protocols 1 to 5, ${types.size} number types`, tensors, wrongCount);
  }
  const whole = await openCheckpoint(join(target, "dit", "whole"));
  const shards = await openCheckpoint(join(target, "dit", "shards"));
  const names = [...whole.tensors.keys()];
  const wrongNames = names.filter((name) => {
    const [a, b] = [shards.float32(name), whole.float32(name)];
    return a.some((v, i) => Math.abs(v - b[i]) > Math.abs(b[i]) * 2 ** -11 + 2 ** -25); // the rounding of float16
  });
  yield row("diffusers' folder in float16 shards, within its rounding", names.length, wrongNames.length);
}

/** @type {(part: string, tensors: number, wrong: number) => Row} */
const row = (part, tensors, wrongCount) => ({
  part: `Checkpoints, ${part}`,
  size: `${tensors} tensors`,
  worst: wrongCount,
  tolerance: 0,
  unit: "wrong",
});

/** @type {(a: StoredTensor, b: StoredTensor) => boolean} */
const sameBytes = (a, b) =>
  a.type === b.type && a.shape.join() === b.shape.join() && Buffer.compare(bytes(a.data), bytes(b.data)) === 0;

/** @type {(data: ArrayBufferView) => Uint8Array} */
const bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Compares checkpoints of DiT-XL/2. Each file is deleted before the next file is written.
 *
 * @param {string} python
 * @param {string} folder
 * @returns {AsyncGenerator<Row>}
 */
async function* measureLarge(python, folder) {
  const runScript = (/** @type {string[]} */ ...args) => JSON.parse(runPython(python, "checkpoints.py", ...args));
  const path = (/** @type {string} */ name) => join(folder, name);
  const formatSize = (/** @type {string} */ file) => {
    const files = statSync(file).isDirectory() ? readdirSync(file).map((name) => join(file, name)) : [file];
    const sizes = files.map((name) => statSync(name).size);
    return `${(sizes.reduce((a, b) => a + b, 0) / 1e9).toFixed(1)} GB`;
  };
  /** @type {(part: string, file: string, wrong: number) => Row} */
  const rowOf = (part, file, wrongCount) => ({
    part: `Checkpoints, ${part}`,
    size: `DiT-XL/2, ${formatSize(file)}`,
    worst: wrongCount,
    tolerance: 0,
    unit: "wrong",
  });

  const expected = runScript("sums", folder);
  const asDiffusersNames = runScript("sums-diffusers", folder);
  const zip = path("dit-true.pt");
  yield rowOf("PyTorch zip, read", zip, countDiffering(await openCheckpoint(zip), expected));
  const kinds = [
    ["legacy", "legacy.pt", "PyTorch legacy, read"],
    ["bfloat16", "bfloat16.pt", "PyTorch zip in bfloat16, read"],
    ["official", "official.safetensors", "safetensors, official names, read"],
    ["diffusers-shards", "diffusers-shards", "diffusers' folder, float16 shards with an index, read as official"],
    ["diffusers-one", "diffusers-one", "diffusers' folder, float32, its 28 copies of the embedders, read as official"],
  ];
  for (const [kind, file, part] of kinds) {
    const writtenFile = path(file);
    const sums = runScript(kind, folder);
    yield rowOf(part, writtenFile, countDiffering(asOfficial(await openCheckpoint(writtenFile)), sums, ["pos_embed"]));
    if (kind === "diffusers-one") yield* measureChangedCopy(writtenFile);
    if (kind === "legacy")
      yield memoryRow(
        "PyTorch legacy, memory for loading it over the file's size",
        writtenFile,
        statSync(writtenFile).size,
      );
    if (kind !== "diffusers-one") rmSync(writtenFile, { recursive: true });
  }

  const folderOfOne = path("diffusers-one");
  const writtenFile = path("written.safetensors");
  write(writtenFile, asOfficial(await openCheckpoint(folderOfOne)));
  rmSync(folderOfOne, { recursive: true });
  const positions = Object.fromEntries(Object.entries(expected).filter(([name]) => name !== "pos_embed"));
  yield rowOf(
    "diffusers' folder written under official names, read by PyTorch",
    writtenFile,
    countDifferingSums(runScript("read", folder, writtenFile), positions),
  );
  const table = (await openCheckpoint(zip)).float32("pos_embed");
  yield {
    ...rowOf(
      "position embeddings computed where diffusers stores none",
      writtenFile,
      largestDifference((await openCheckpoint(writtenFile)).float32("pos_embed"), table),
    ),
    tolerance: 1e-6,
    unit: undefined,
  };
  const { weights } = ditModel(ditByName("DiT-XL/2"));
  readWeights(writtenFile, weights, "");
  rmSync(writtenFile);

  const model = path("written");
  mkdirSync(model);
  const { config } = await openDit(zip);
  writeFileSync(join(model, "config.json"), JSON.stringify(diffusersConfig(config)));
  write(join(model, "diffusion_pytorch_model.safetensors"), asDiffusers(await openCheckpoint(zip)));
  yield rowOf(
    "official names written as a diffusers' folder, loaded by its model",
    model,
    countDifferingSums(runScript("read-diffusers", folder, model), asDiffusersNames),
  );
  rmSync(model, { recursive: true });

  const trainingSums = runScript("training", folder);
  const training = path("training.pt");
  yield rowOf(
    "a training checkpoint: model, moving average, AdamW; the moving average, read",
    training,
    countDiffering(await openCheckpoint(training), trainingSums.ema),
  );
  yield rowOf(
    "a training checkpoint: the model, by --key",
    training,
    countDiffering(await openCheckpoint(training, { key: "model" }), trainingSums.model),
  );
  yield memoryRow("a training checkpoint: memory for loading it over the model's size", training, statSync(zip).size);
  rmSync(training);

  /** @type {(part: string, file: string, bytes: number) => Row} */
  function memoryRow(part, file, bytes) {
    const script = join(top, "tools/measure-checkpoint.mjs");
    const { peak } = JSON.parse(execFileSync(process.execPath, [script, "--load", file], { encoding: "utf8" }));
    return { ...rowOf(part, file, peak / bytes), tolerance: 1.3, unit: "times" };
  }

  /**
   * Changes one bit in the last block's copy of an embedder. Reading this embedder must fail; another one must be read.
   *
   * @param {string} whole
   * @returns {AsyncGenerator<Row>}
   */
  async function* measureChangedCopy(whole) {
    const changed = path("changed");
    cpSync(whole, changed, { recursive: true });
    const [file] = readdirSync(changed).filter((name) => name.endsWith(".safetensors"));
    const name = "transformer_blocks.27.norm1.emb.timestep_embedder.linear_2.weight";
    flipLastBit(join(changed, file), name);
    const view = asOfficial(await openCheckpoint(changed));
    let missedCount = 1;
    try {
      view.read("t_embedder.mlp.2.weight");
    } catch (error) {
      if (/** @type {Error} */ (error).message.includes(`'${name}' differs from`)) missedCount = 0;
    }
    view.read("t_embedder.mlp.0.weight");
    yield { ...rowOf("one bit changed in the 28th copy of an embedder, missed", changed, missedCount), unit: "missed" };
    rmSync(changed, { recursive: true });
  }
}

const sha256 = (/** @type {ArrayBufferView} */ data) => createHash("sha256").update(bytes(data)).digest("hex");

/**
 * Counts the tensors whose bytes have another SHA-256 than in `sums`, and the tensors that only one side has.
 *
 * @param {View} view
 * @param {Sums} sums
 * @param {string[]} [except] names that are not compared
 */
function countDiffering(view, sums, except = []) {
  /** @type {Sums} */
  const ours = {};
  for (const name of view.tensors.keys()) if (!except.includes(name)) ours[name] = sha256(view.read(name).data);
  return countDifferingSums(ours, Object.fromEntries(Object.entries(sums).filter(([name]) => !except.includes(name))));
}

/**
 * @param {Sums} ours
 * @param {Sums} theirs
 */
function countDifferingSums(ours, theirs) {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].filter((name) => ours[name] !== theirs[name] && !(name === "pos_embed" && !(name in theirs)))
    .length;
}

/** @type {(path: string, view: View) => void} */
const write = (path, view) =>
  writeSafetensors(
    path,
    [...view.tensors].map(([name, { type, shape }]) => [name, { type, shape, read: () => view.read(name) }]),
  );

/**
 * Changes the lowest bit of a tensor's last number in a safetensors file.
 *
 * @param {string} path
 * @param {string} name
 */
function flipLastBit(path, name) {
  const file = openSync(path, "r+");
  const length = Buffer.alloc(8);
  readSync(file, length, 0, 8, 0);
  const header = Buffer.alloc(Number(length.readBigUInt64LE()));
  readSync(file, header, 0, header.length, 8);
  const position = 8 + header.length + JSON.parse(header.toString("utf8"))[name].data_offsets[1] - 4;
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, position);
  byte[0] ^= 1;
  writeSync(file, byte, 0, 1, position);
  closeSync(file);
}
