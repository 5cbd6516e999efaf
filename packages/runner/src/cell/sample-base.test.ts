// The base model's samples, which cells share: not between extractors or resizers, and not if they are not finite.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine } from "@dit-bench/compiler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRecipe, type Recipe } from "../recipe/recipe.ts";
import { toPixels } from "../training/batches.ts";
import { tinyConfig, tinyWeights } from "../training/tiny-dit.test.data.ts";
import { sampleBase } from "./sample-base.ts";

const out = mkdtempSync(join(tmpdir(), "dit-bench-base-"));
afterAll(() => rmSync(out, { recursive: true }));
const model = { ...tinyConfig(3), learnSigma: true as const };
const mini = loadRecipe("mini");
const recipe: Recipe = {
  ...mini,
  settings: {
    ...mini.settings,
    model,
    sampling: { ...mini.settings.sampling, respacing: "ddim2", images: 2, batch: 2 },
  },
};
const base = { values: tinyWeights(model), sha256: "b".repeat(64) };
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("cpu", { threads: 1 });
});

const D = 2;
/** An extractor of which all features are `value`. */
const extractorOf = (value: number, about: object = {}) => ({
  ...{ id: "e", sha256: "e".repeat(64), resizer: "none", dimension: D, batch: 2, ...about },
  features: async () => new Float32Array(2 * D).fill(value),
  run: async () => new Float32Array(2 * D),
  dispose: async () => undefined,
});
const space = {
  side: model.inputSize,
  pixels: async (x: Float32Array) => toPixels(x, model.inputSize),
  training: () => Promise.reject(new Error("not used")),
};
const labels = new Int32Array(2);
const featureOf = async (extractor: ReturnType<typeof extractorOf>, more: Partial<Recipe["settings"]> = {}) => {
  const changed = { ...recipe, settings: { ...recipe.settings, ...more } };
  const context = { engine, out, seed: 0, listener: {}, space, labels };
  return (await sampleBase(changed, base, extractor, context)).features[0];
};

describe("the base model's samples", () => {
  it("are read again by cells with the same extractor and resizer alone", async () => {
    expect(await featureOf(extractorOf(1))).toBe(1);
    expect(await featureOf(extractorOf(2))).toBe(1); // from the file
    expect(await featureOf(extractorOf(3, { resizer: "pytorch" }))).toBe(3);
    expect(await featureOf(extractorOf(4, { resizer: "clean" }))).toBe(4);
    expect(await featureOf(extractorOf(5, { id: "f" }))).toBe(5);
    expect(await featureOf(extractorOf(6), { model: { ...model, heads: 1 } })).toBe(6); // equal shapes, other outputs
    expect(await featureOf(extractorOf(7))).toBe(1);
  });

  it("are an error of the base model and not stored if they are not finite", async () => {
    const elsewhere = join(out, "not-finite");
    // Finite weights of which the outputs are not.
    const values = Object.fromEntries(
      Object.entries(base.values).map(([name, v]) => [name, /final_layer/.test(name) ? v.map(() => 3e38) : v]),
    );
    const context = { engine, out: elsewhere, seed: 0, listener: {}, space, labels };
    const bad = {
      ...recipe,
      settings: { ...recipe.settings, sampling: { ...recipe.settings.sampling, clipDenoised: false } },
    };
    await expect(sampleBase(bad, { ...base, values }, extractorOf(1), context)).rejects.toThrow(
      /^the base model's samples are not finite: image 1 of 2 has (NaN|-?Infinity), on engine cpu; check the base/,
    );
    const files = readdirSync(elsewhere, { recursive: true, encoding: "utf8" });
    expect(files.filter((name) => name.endsWith(".safetensors"))).toEqual([]);
  });
});
