// Base models of recipes: read from checkpoints, and their positions interpolated for other sizes.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CLASS_EMBEDDING, initialDit, positionRules } from "@dit-bench/dit";
import { readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { afterAll, describe, expect, it } from "vitest";
import { forClasses, loadBase } from "./base-model.ts";
import { loadRecipe } from "./recipe.ts";
import { namedWeights } from "./recipe-weights.ts";

const dit = fileURLToPath(new URL("../../../dit/src/fixtures/", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "base-model-"));
afterAll(() => rmSync(place, { recursive: true }));

/** A recipe over the official code's small network of 8 x 8 latents. */
function recipe(
  changes: {
    inputSize?: number;
    baseInputSize?: number;
    base?: string | object;
    positions?: string;
    data?: object;
  } = {},
) {
  const { inputSize = 8, base = join(dit, "dit_weights.safetensors"), ...rest } = changes;
  const { settings } = loadRecipe("mini");
  const model = { ...settings.model, inputSize, patchSize: 2, channels: 4, width: 64, depth: 2, heads: 4, classes: 10 };
  writeFileSync(join(place, "recipe.json"), JSON.stringify({ ...settings, ...rest, model, base }));
  return loadRecipe(place);
}

describe("loadBase", () => {
  it("gives the numbers of the file", async () => {
    const { values } = await loadBase(recipe(), 0);
    const { tensors } = readSafetensors(join(dit, "dit_weights.safetensors"));
    for (const [name, { data }] of tensors) expect(values[name], name).toEqual(data);
  });

  // PE_512(i, j) = PE_256(i/2, j/2): every second position of every second row is one of the base's own.
  it("keeps the base's positions among the new ones at twice the resolution, and its other numbers", async () => {
    const own = await loadBase(recipe(), 0);
    const { values } = await loadBase(recipe({ inputSize: 16, baseInputSize: 8 }), 0);
    const row = (positions: Float32Array, token: number) => positions.subarray(token * 64, (token + 1) * 64);
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) {
        const theirs = row(values.pos_embed!, 2 * y * 8 + 2 * x);
        row(own.values.pos_embed!, y * 4 + x).forEach((v, d) => {
          expect(Math.abs(v - theirs[d]!)).toBeLessThan(1e-6);
        });
      }
    expect(values.pos_embed!.length).toBe(64 * 64);
    expect(values["blocks.0.attn.qkv.weight"]).toEqual(own.values["blocks.0.attn.qkv.weight"]);
  });

  it("has the positions of the recipe's rule at twice the resolution", async () => {
    for (const positions of ["continued", "resampled"] as const) {
      const { values } = await loadBase(recipe({ inputSize: 16, baseInputSize: 8, positions }), 0);
      expect(values.pos_embed, positions).toEqual(Float32Array.from(positionRules[positions](64, 8, 4)));
    }
  });

  it("starts from initial weights of the run's seed if the base is random, with their digest", async () => {
    const random = recipe({ base: { random: "unit" }, inputSize: 16, baseInputSize: 16 });
    const [first, again, other] = [await loadBase(random, 1), await loadBase(random, 1), await loadBase(random, 2)];
    expect(first.values).toEqual(initialDit(random.settings.model, 1, "unit"));
    expect(again).toEqual(first);
    expect(other.sha256).not.toBe(first.sha256);
    expect(first.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(namedWeights(random).map(({ role }) => role)).toEqual(["extractor"]);
  });

  it("reads a base with wrapped names, and notes that", async () => {
    const { tensors } = readSafetensors(join(dit, "dit_weights.safetensors"));
    const base = join(place, "wrapped.safetensors");
    writeSafetensors(
      base,
      [...tensors].map(([name, tensor]) => [`module.${name}`, tensor]),
    );
    const notes: string[] = [];
    const { values } = await loadBase(recipe({ base }), 0, (text) => void notes.push(text));
    for (const [name, { data }] of tensors) expect(values[name], name).toEqual(data);
    expect(notes.join()).toMatch(/wrapped\.safetensors: names are read without their wrapper: "module\./);
  });

  it("refuses a base without a null class, which its samples and guidance need", async () => {
    const { tensors } = readSafetensors(join(dit, "dit_weights.safetensors"));
    const base = join(place, "no-null-class.safetensors");
    writeSafetensors(
      base,
      [...tensors].map(([name, tensor]) =>
        name === CLASS_EMBEDDING
          ? [name, { type: "F32", shape: [10, 64], data: (tensor.data as Float32Array).slice(0, 640) }]
          : [name, tensor],
      ),
    );
    await expect(loadBase(recipe({ base }), 0)).rejects.toThrow(
      "its label table has 10 rows, one for each class and none for the null class",
    );
  });

  it("refuses a base whose size is not the recipe's", async () => {
    await expect(loadBase(recipe({ inputSize: 16 }), 0)).rejects.toThrow(
      "a model of inputSize 8, recipe mini wants 16",
    );
  });
});

describe("forClasses", () => {
  it("keeps the base model's rows if the recipe says that the classes are its own, and refuses others", async () => {
    const known = recipe({ data: { perClass: 1, seed: 0, flip: true, labels: "base" } });
    const base = await loadBase(known, 0);
    const { values, config } = forClasses(known, base, 10, 3);
    expect(values).toEqual(base.values);
    expect(config.classes).toBe(10);
    expect(() => forClasses(known, base, 6, 3)).toThrow(
      "recipe mini: it takes datasets with the 10 classes of the base model, not 6; " +
        "for classes that are new to it say --set data.labels=new",
    );
    const other = recipe();
    expect(forClasses(other, base, 10, 3).values[CLASS_EMBEDDING]).not.toEqual(base.values[CLASS_EMBEDDING]);
  });
});
