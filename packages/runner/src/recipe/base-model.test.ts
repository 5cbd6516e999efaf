// Base models of recipes: read from checkpoints, and their positions interpolated for other sizes.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CLASS_EMBEDDING } from "@dit-bench/dit";
import { readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { afterAll, describe, expect, it } from "vitest";
import { loadBase } from "./base-model.ts";
import { loadRecipe } from "./recipe.ts";

const dit = fileURLToPath(new URL("../../../dit/src/fixtures/", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "base-model-"));
afterAll(() => rmSync(place, { recursive: true }));

/** A recipe over the official code's small network of 8 x 8 latents. */
function recipe(changes: { inputSize?: number; baseInputSize?: number; base?: string } = {}) {
  const { inputSize = 8, base = join(dit, "dit_weights.safetensors"), ...rest } = changes;
  const { settings } = loadRecipe("mini");
  const model = { ...settings.model, inputSize, patchSize: 2, channels: 4, width: 64, depth: 2, heads: 4, classes: 10 };
  writeFileSync(join(place, "recipe.json"), JSON.stringify({ ...settings, ...rest, model, base }));
  return loadRecipe(place);
}

describe("loadBase", () => {
  it("gives the numbers of the file", async () => {
    const { values } = await loadBase(recipe());
    const { tensors } = readSafetensors(join(dit, "dit_weights.safetensors"));
    for (const [name, { data }] of tensors) expect(values[name], name).toEqual(data);
  });

  // PE_512(i, j) = PE_256(i/2, j/2): every second position of every second row is one of the base's own.
  it("keeps the base's positions among the new ones at twice the resolution, and its other numbers", async () => {
    const own = await loadBase(recipe());
    const { values } = await loadBase(recipe({ inputSize: 16, baseInputSize: 8 }));
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

  it("reads a base with wrapped names, and notes that", async () => {
    const { tensors } = readSafetensors(join(dit, "dit_weights.safetensors"));
    const base = join(place, "wrapped.safetensors");
    writeSafetensors(
      base,
      [...tensors].map(([name, tensor]) => [`module.${name}`, tensor]),
    );
    const notes: string[] = [];
    const { values } = await loadBase(recipe({ base }), (text) => void notes.push(text));
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
    await expect(loadBase(recipe({ base }))).rejects.toThrow(
      "its label table has 10 rows, one for each class and none for the null class",
    );
  });

  it("refuses a base whose size is not the recipe's", async () => {
    await expect(loadBase(recipe({ inputSize: 16 }))).rejects.toThrow("a model of inputSize 8, recipe mini wants 16");
  });
});
