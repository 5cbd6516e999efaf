// The two layouts of DiT checkpoints: each read as the other, without loss, and refused if it is not a whole DiT.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@dit-bench/tfjs";
import {
  type Checkpoint,
  openCheckpoint,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "@dit-bench/weights";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  asDiffusers,
  asOfficial,
  type DitConfig,
  diffusersConfig,
  dit,
  ditModel,
  recogniseLayout,
  type TensorView,
} from "../index.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dit-bench-layouts-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The configuration of diffusers' model in tools/torch/checkpoints.py. */
const config: DitConfig = {
  name: "tiny",
  inputSize: 4,
  patchSize: 2,
  channels: 4,
  width: 8,
  depth: 2,
  heads: 2,
  mlpRatio: 4,
  classes: 3,
  learnSigma: true,
};

/** Writes a view to a file and opens it. */
async function writeAndOpen(name: string, view: TensorView<StoredTensor>): Promise<Checkpoint> {
  const path = join(folder, `${name}.safetensors`);
  writeSafetensors(
    path,
    [...view.tensors].map(([key, { type, shape }]) => [key, { type, shape, read: () => view.read(key) }]),
  );
  return openCheckpoint(path);
}

/** Opens a copy of a checkpoint with tensors changed, added, or (undefined) removed. */
async function openChanged(from: string, changes: Record<string, StoredTensor | undefined>): Promise<Checkpoint> {
  const { tensors } = readSafetensors(from);
  const path = join(folder, "changed.safetensors");
  const rest = [...tensors].filter(([name]) => !(name in changes));
  const added = Object.entries(changes).flatMap(([name, t]) => (t ? [[name, t] as const] : []));
  writeSafetensors(path, [...rest, ...added]);
  return openCheckpoint(path);
}

const f32 = (shape: number[], fill = 0): StoredTensor => ({
  type: "F32",
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill),
});

const wholeModel = fixture("diffusers/whole");
const wholeFile = join(wholeModel, "diffusion_pytorch_model.safetensors");
const official = fixture("dit_weights.safetensors");

describe("asOfficial of diffusers' layout", () => {
  beforeAll(() => tf.setBackend("cpu"));

  test("gives the names and shapes of the model", async () => {
    const view = asOfficial(await openCheckpoint(wholeModel));
    const found = new Map([...view.tensors].map(([name, { shape }]) => [name, [...shape]]));
    expect(found).toEqual(new Map(ditModel(config).weights.map(({ name, shape }) => [name, [...shape]])));
  });

  test("gives weights with which our model agrees with diffusers' output within 1e-5", async () => {
    const view = asOfficial(await openCheckpoint(wholeModel));
    const weights = Object.fromEntries(
      [...view.tensors.keys()].map((name) => {
        const { shape, data } = view.read(name);
        return [name, tf.tensor(data as Float32Array, [...shape])];
      }),
    );
    const { tensors } = readSafetensors(fixture("diffusers/outputs.safetensors"));
    const ints = (name: string) => Int32Array.from(tensors.get(name)!.data as BigInt64Array, Number);
    const x = tf.tensor(tensors.get("x")!.data as Float32Array, [3, 4, 4, 4]);
    const out = dit(weights, config, x, tf.tensor1d(Float32Array.from(ints("t"))), tf.tensor1d(ints("y"), "int32"));
    const wanted = tensors.get("out")!.data as Float32Array;
    const difference = Math.max(...out.dataSync().map((v, i) => Math.abs(v - wanted[i]!)));
    expect(difference).toBeLessThan(1e-5);
  });

  test("keeps half precision, and computes the positions", async () => {
    const view = asOfficial(await openCheckpoint(fixture("diffusers/shards")));
    expect(view.tensors.get("blocks.1.attn.qkv.weight")).toEqual({ type: "F16", shape: [24, 8] });
    expect(view.read("blocks.1.attn.qkv.weight").data).toBeInstanceOf(Uint16Array);
    expect(view.read("pos_embed")).toMatchObject({ type: "F32", shape: [1, 4, 8] });
  });

  test("refuses, by name, a copy of an embedder that differs in one bit", async () => {
    const name = "transformer_blocks.1.norm1.emb.timestep_embedder.linear_1.bias";
    const bias = readSafetensors(wholeFile).tensors.get(name)!;
    const bits = new Uint32Array((bias.data as Float32Array).slice().buffer);
    bits[7]! ^= 1;
    const other = { ...bias, data: new Float32Array(bits.buffer) };
    const view = asOfficial(await openChanged(wholeFile, { [name]: other }), 2);
    expect(() => view.read("t_embedder.mlp.0.bias")).toThrow(`'${name}' differs from 'transformer_blocks.0.`);
    expect(view.read("t_embedder.mlp.0.weight").shape).toEqual([8, 256]);
  });

  test("needs the grid if there is no config.json", async () => {
    const file = await openCheckpoint(wholeFile);
    expect(() => asOfficial(file)).toThrow(/no config.json gives their grid/);
    expect(asOfficial(file, 2).tensors.get("pos_embed")?.shape).toEqual([1, 4, 8]);
  });

  test("uses a stored buffer of positions without a change", async () => {
    const source = await openChanged(wholeFile, { "pos_embed.pos_embed": f32([1, 4, 8], 0.5) });
    expect(asOfficial(source).read("pos_embed").data[0]).toBe(0.5);
  });
});

describe("asOfficial and asDiffusers", () => {
  test("give the same bytes from diffusers to official to diffusers", async () => {
    const source = await openCheckpoint(wholeModel);
    const back = asDiffusers(await writeAndOpen("there", asOfficial(source)));
    expect([...back.tensors.keys()].sort()).toEqual([...source.tensors.keys()].sort());
    for (const name of source.tensors.keys()) expect(back.read(name), name).toEqual(source.read(name));
  });

  test("give the same bytes from official to diffusers to official, and positions equal to rounding", async () => {
    const source = await openCheckpoint(official);
    const back = asOfficial(await writeAndOpen("back", asDiffusers(source)), 4);
    expect([...back.tensors.keys()].sort()).toEqual([...source.tensors.keys()].sort());
    for (const name of source.tensors.keys())
      if (name !== "pos_embed") expect(back.read(name), name).toEqual(source.read(name));
    const [a, b] = [back.read("pos_embed").data as Float32Array, source.float32("pos_embed")];
    expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]!)))).toBeLessThan(1e-7);
  });

  test("return the checkpoint itself if it has that layout", async () => {
    const [a, b] = [await openCheckpoint(official), await openCheckpoint(wholeModel)];
    expect(asOfficial(a)).toBe(a);
    expect(asDiffusers(b)).toBe(b);
    expect(recogniseLayout(a)).toMatchObject({ layout: "official", depth: 2 });
  });

  test("the settings are diffusers' own for this model", async () => {
    const { metadata } = await openCheckpoint(wholeModel);
    const own = Object.entries(diffusersConfig(config)).map(
      ([key, value]) => [`config.${key}`, String(value)] as const,
    );
    const theirs = [...metadata].filter(([key]) => /^config\.(?!_diffusers_version)/.test(key));
    expect(new Map(own)).toEqual(new Map(theirs));
  });
});

describe("asOfficial and asDiffusers refuse", () => {
  test.each<[string, string, Record<string, StoredTensor | undefined>, RegExp]>([
    [
      "a missing tensor",
      official,
      { "blocks.1.mlp.fc1.bias": undefined },
      /has "blocks.1.mlp.fc1.bias" too; not found/,
    ],
    [
      "an unknown tensor",
      official,
      { "blocks.1.attn.q_norm.weight": f32([4]) },
      /has no "blocks.1.attn.q_norm.weight"/,
    ],
    [
      "a missing block",
      wholeFile,
      Object.fromEntries(["weight", "bias"].map((e) => [`transformer_blocks.7.attn1.to_q.${e}`, f32([8])])),
      /a diffusers DiT of 3 blocks has/,
    ],
    [
      "a file without a DiT's patch embedding",
      official,
      { "x_embedder.proj.weight": undefined },
      /no DiT: wanted a tensor x_embedder/,
    ],
    [
      "q and k of different shapes",
      wholeFile,
      { "transformer_blocks.0.attn1.to_k.weight": f32([4, 8]) },
      /to_k.weight' is F32 \[4,8\]/,
    ],
    [
      "q and k of different types",
      wholeFile,
      { "transformer_blocks.0.attn1.to_k.bias": { type: "F16", shape: [8], data: new Uint16Array(8) } },
      /to_k.bias' is F16 \[8\]/,
    ],
    [
      "a patch embedding that is not a convolution",
      wholeFile,
      { "pos_embed.proj.weight": f32([8, 16]) },
      /is \[8,16\]: wanted \[width/,
    ],
  ])("%s", async (_, from, changes, reason) => {
    const source = await openChanged(from, changes);
    expect(() => asOfficial(source, 2)).toThrow(reason);
    expect(() => asOfficial(source, 2)).toThrow(expect.objectContaining({ name: "LayoutError" }));
  });

  test.each<[string, Record<string, StoredTensor>, RegExp]>([
    ["positions that are not sines and cosines", { pos_embed: f32([1, 16, 64], 0.1) }, /cannot hold other positions/],
    ["positions that fill no square", { pos_embed: f32([1, 15, 64]) }, /is \[1,15,64\]: wanted/],
    [
      "a qkv that does not divide into three",
      { "blocks.0.attn.qkv.bias": f32([191]) },
      /is \[191\]: wanted rows for 3/,
    ],
  ])("%s, in the official layout", async (_, changes, reason) => {
    const source = await openChanged(official, changes);
    expect(() => asDiffusers(source)).toThrow(reason);
  });
});
