// Merged models: read back in both layouts they are the model that was trained.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dit, sinCosPositions } from "@dit-bench/dit";
import type { Call, Values } from "@dit-bench/method";
import { normals } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainedRun } from "../cell/open-run.ts";
import { openDit } from "../recipe/dit-checkpoint.ts";
import { merged } from "./merged.ts";
import { config, trainedRun } from "./trained-run.test.data.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-merged-"));
afterAll(() => rmSync(place, { recursive: true }));
beforeAll(() => tf.setBackend("cpu"));

/** Writes the files, and opens the folder as `bench predict` does, without flags. */
async function readBack(run: TrainedRun, layout: string) {
  const folder = mkdtempSync(join(place, "export-"));
  for (const { name, write } of merged.make(run, layout).files) write(join(folder, name));
  return openDit(folder);
}

/** The model's output for one fixed batch. */
function outputOf(weights: Values, shapes: TrainedRun["adapted"]["trainable"], call?: Call): Float32Array {
  return tf.tidy(() => {
    const w = Object.fromEntries(shapes.map(({ name, shape }) => [name, tf.tensor(weights[name]!, [...shape])]));
    const x = tf.tensor(normals(1, "x", 0, 2 * 3 * 8 * 8), [2, 3, 8, 8]);
    return dit(w, config, x, tf.tensor1d([100, 700]), tf.tensor1d([1, 3], "int32"), call).dataSync() as Float32Array;
  });
}

describe.each(["official", "diffusers"])("a merged model in the layout %s", (layout) => {
  it.each([
    ["lora", { rank: 4, at: "{blocks.*.attn.qkv,x_embedder.proj,final_layer.linear}" }],
    ["difffit", {}],
    ["full", {}],
  ])("of method %s gives the outputs of the trained model", async (method, options) => {
    const run = await trainedRun(method, options);
    const { adapted, base, trained } = run;
    const all = { ...base, ...trained };
    const wanted = outputOf(all, [...adapted.frozen, ...adapted.trainable], adapted.call(asTensors(run, all)));
    const checkpoint = await readBack(run, layout);
    expect(checkpoint).toMatchObject({ layout, nullClass: true });
    expect(checkpoint.assumption).toBeUndefined();
    expect(checkpoint.config).toEqual({ ...config, name: checkpoint.config.name });
    const found = outputOf(checkpoint.read(), adapted.model.weights);
    const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(scale).toBeGreaterThan(0.1);
    expect(found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0) / scale).toBeLessThan(
      2e-5,
    );
  });
});

const asTensors = ({ adapted }: TrainedRun, all: Values) =>
  Object.fromEntries(adapted.trainable.map(({ name, shape }) => [name, tf.tensor(all[name]!, [...shape])]));

describe("--format merged is refused", () => {
  it("for a method that cannot be merged", async () => {
    const run = await trainedRun("adaptformer");
    expect(() => merged.make(run, undefined)).toThrow(
      "--format merged: method adaptformer cannot be merged into the base model's weights; use --format safetensors",
    );
  });

  it("for positions that diffusers' layout cannot hold, with the layout that can", async () => {
    const run = await trainedRun("lora");
    const other = { ...run, base: { ...run.base, pos_embed: Float32Array.from(sinCosPositions(16, 2, 1 / 2)) } };
    expect(() => merged.make(other, "diffusers")).toThrow(/cannot hold other positions; use --layout official$/);
    expect(() => merged.make(other, "official")).not.toThrow();
  });
});
