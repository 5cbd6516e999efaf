// PyTorch's checkpoints, diffusers' folders and safetensors of either naming, read and written; bytes are compared with
// PyTorch's.

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
    let wrong = 0;
    for (const file of files.filter((file) => file.includes(kind))) {
      const checkpoint = await openCheckpoint(join(weights, file));
      for (const name of checkpoint.tensors.keys()) {
        tensors++;
        if (!sameBytes(checkpoint.read(name), expected.read(name))) wrong++;
      }
    }
    yield row(`${kind}, protocols 1 to 5, ${types.size} number types`, tensors, wrong);
  }
  const whole = await openCheckpoint(join(target, "dit", "whole"));
  const shards = await openCheckpoint(join(target, "dit", "shards"));
  const names = [...whole.tensors.keys()];
  const wrong = names.filter((name) => {
    const [a, b] = [shards.float32(name), whole.float32(name)];
    return a.some((v, i) => Math.abs(v - b[i]) > Math.abs(b[i]) * 2 ** -11 + 2 ** -25); // the rounding of float16
  });
  yield row("diffusers' folder in float16 shards, within its rounding", names.length, wrong.length);
}

/** @type {(part: string, tensors: number, wrong: number) => Row} */
const row = (part, tensors, wrong) => ({
  part: `Checkpoints, ${part}`,
  size: `${tensors} tensors`,
  worst: wrong,
  tolerance: 0,
  unit: "wrong",
});

/** @type {(a: StoredTensor, b: StoredTensor) => boolean} */
const sameBytes = (a, b) =>
  a.type === b.type && a.shape.join() === b.shape.join() && Buffer.compare(bytes(a.data), bytes(b.data)) === 0;

/** @type {(data: ArrayBufferView) => Uint8Array} */
const bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/**
 * DiT-XL/2, one file after the other: each is deleted before the next is made.
 *
 * @param {string} python
 * @param {string} folder
 * @returns {AsyncGenerator<Row>}
 */
async function* measureLarge(python, folder) {
  const call = (/** @type {string[]} */ ...args) => JSON.parse(runPython(python, "checkpoints.py", ...args));
  const path = (/** @type {string} */ name) => join(folder, name);
  const gigabytes = (/** @type {string} */ file) => {
    const files = statSync(file).isDirectory() ? readdirSync(file).map((name) => join(file, name)) : [file];
    const sizes = files.map((name) => statSync(name).size);
    return `${(sizes.reduce((a, b) => a + b, 0) / 1e9).toFixed(1)} GB`;
  };
  /** @type {(part: string, file: string, wrong: number) => Row} */
  const found = (part, file, wrong) => ({
    part: `Checkpoints, ${part}`,
    size: `DiT-XL/2, ${gigabytes(file)}`,
    worst: wrong,
    tolerance: 0,
    unit: "wrong",
  });

  const expected = call("sums", folder);
  const asDiffusersNames = call("sums-diffusers", folder);
  const zip = path("dit-true.pt");
  yield found("PyTorch zip, read", zip, differing(await opened(zip), expected));
  const kinds = [
    ["legacy", "legacy.pt", "PyTorch legacy, read"],
    ["bfloat16", "bfloat16.pt", "PyTorch zip in bfloat16, read"],
    ["official", "official.safetensors", "safetensors, official names, read"],
    ["diffusers-shards", "diffusers-shards", "diffusers' folder, float16 shards with an index, read as official"],
    ["diffusers-one", "diffusers-one", "diffusers' folder, float32, its 28 copies of the embedders, read as official"],
  ];
  for (const [kind, file, part] of kinds) {
    const written = path(file);
    const sums = call(kind, folder);
    yield found(part, written, differing(asOfficial(await opened(written)), sums, ["pos_embed"]));
    if (kind === "diffusers-one") yield* copies(written);
    if (kind === "legacy")
      yield ratio("PyTorch legacy, memory for loading it over the file's size", written, statSync(written).size);
    if (kind !== "diffusers-one") rmSync(written, { recursive: true });
  }

  const folderOfOne = path("diffusers-one");
  const written = path("written.safetensors");
  write(written, asOfficial(await opened(folderOfOne)));
  rmSync(folderOfOne, { recursive: true });
  const positions = Object.fromEntries(Object.entries(expected).filter(([name]) => name !== "pos_embed"));
  yield found(
    "diffusers' folder written under official names, read by PyTorch",
    written,
    differingSums(call("read", folder, written), positions),
  );
  const table = (await opened(zip)).float32("pos_embed");
  yield {
    ...found(
      "position embeddings computed where diffusers stores none",
      written,
      largestDifference((await opened(written)).float32("pos_embed"), table),
    ),
    tolerance: 1e-6,
    unit: undefined,
  };
  const { weights } = ditModel(ditByName("DiT-XL/2"));
  readWeights(written, weights, "");
  rmSync(written);

  const model = path("written");
  mkdirSync(model);
  const { config } = await openDit(zip);
  writeFileSync(join(model, "config.json"), JSON.stringify(diffusersConfig(config)));
  write(join(model, "diffusion_pytorch_model.safetensors"), asDiffusers(await opened(zip)));
  yield found(
    "official names written as a diffusers' folder, loaded by its model",
    model,
    differingSums(call("read-diffusers", folder, model), asDiffusersNames),
  );
  rmSync(model, { recursive: true });

  const both = call("training", folder);
  const training = path("training.pt");
  yield found(
    "a training checkpoint: model, moving average, AdamW; the moving average, read",
    training,
    differing(await opened(training), both.ema),
  );
  yield found(
    "a training checkpoint: the model, by --key",
    training,
    differing(await opened(training, { key: "model" }), both.model),
  );
  yield ratio("a training checkpoint: memory for loading it over the model's size", training, statSync(zip).size);
  rmSync(training);

  /** @type {(part: string, file: string, bytes: number) => Row} */
  function ratio(part, file, bytes) {
    const script = join(top, "tools/measure-checkpoint.mjs");
    const { peak } = JSON.parse(execFileSync(process.execPath, [script, "--load", file], { encoding: "utf8" }));
    return { ...found(part, file, peak / bytes), tolerance: 1.3, unit: "times" };
  }

  /**
   * One bit of the last block's copy of an embedder is changed: it must be refused, and its neighbours read.
   *
   * @param {string} whole
   * @returns {AsyncGenerator<Row>}
   */
  async function* copies(whole) {
    const changed = path("changed");
    cpSync(whole, changed, { recursive: true });
    const [file] = readdirSync(changed).filter((name) => name.endsWith(".safetensors"));
    const name = "transformer_blocks.27.norm1.emb.timestep_embedder.linear_2.weight";
    flip(join(changed, file), name);
    const view = asOfficial(await opened(changed));
    let missed = 1;
    try {
      view.read("t_embedder.mlp.2.weight");
    } catch (error) {
      if (/** @type {Error} */ (error).message.includes(`'${name}' differs from`)) missed = 0;
    }
    view.read("t_embedder.mlp.0.weight");
    yield { ...found("one bit changed in the 28th copy of an embedder, missed", changed, missed), unit: "missed" };
    rmSync(changed, { recursive: true });
  }
}

/** @type {typeof openCheckpoint} */
const opened = (path, options) => openCheckpoint(path, options);

const sha256 = (/** @type {ArrayBufferView} */ data) => createHash("sha256").update(bytes(data)).digest("hex");

/**
 * How many tensors differ from these sums in any byte; a tensor that only one side has counts.
 *
 * @param {View} view
 * @param {Sums} sums
 * @param {string[]} [except] names that are not compared
 */
function differing(view, sums, except = []) {
  /** @type {Sums} */
  const ours = {};
  for (const name of view.tensors.keys()) if (!except.includes(name)) ours[name] = sha256(view.read(name).data);
  return differingSums(ours, Object.fromEntries(Object.entries(sums).filter(([name]) => !except.includes(name))));
}

/**
 * @param {Sums} ours
 * @param {Sums} theirs
 */
function differingSums(ours, theirs) {
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
function flip(path, name) {
  const file = openSync(path, "r+");
  const length = Buffer.alloc(8);
  readSync(file, length, 0, 8, 0);
  const header = Buffer.alloc(Number(length.readBigUInt64LE()));
  readSync(file, header, 0, header.length, 8);
  const at = 8 + header.length + JSON.parse(header.toString("utf8"))[name].data_offsets[1] - 4;
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] ^= 1;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}
