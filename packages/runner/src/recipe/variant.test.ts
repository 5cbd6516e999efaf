// Variants of recipes: how they are read, what they change, and what they may not change.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOptions } from "@dit-bench/method";
import { afterAll, describe, expect, it } from "vitest";
import { cellFolder, identityOf } from "../cell/identity.ts";
import { rowLabel } from "../methods/learning-rate.ts";
import { loadMethod } from "../methods/methods.ts";
import { lineageOf } from "../training/kept-state.ts";
import { loadRecipe } from "./recipe.ts";
import { recipeNames } from "./recipe-names.ts";
import { withoutTexts } from "./schema.ts";

const place = mkdtempSync(join(tmpdir(), "variant-"));
afterAll(() => rmSync(place, { recursive: true }));
const name = "high-resolution/mini";

/** Writes recipe `mini` with these variants into a folder and returns the folder. */
function recipeWith(...variants: object[]): string {
  const { settings } = loadRecipe("mini");
  writeFileSync(join(place, "recipe.json"), JSON.stringify({ ...settings, grid: { variants } }));
  return place;
}

describe("the recipe high-resolution/mini", () => {
  it("is found by its path, and compares three rules for the positions and training from scratch", () => {
    expect(recipeNames()).toContain(name);
    const recipe = loadRecipe(name);
    expect(recipe.grid.datasets).toEqual(["source"]);
    expect(recipe.grid.variants.map((variant) => [variant.name, variant.methods])).toEqual([
      ["continued", ["full", "difffit"]],
      ["resampled", ["full", "difffit"]],
      ["from-scratch", ["full"]],
    ]);
    expect(recipe.settings.positions).toBeUndefined();
    expect(loadRecipe(name, {}, "from-scratch").settings).toMatchObject({ base: { random: "unit" } });
  });

  it("trains from scratch for the same steps, and scores all variants in the same way", () => {
    const { training, data, sampling, metrics, extractor, model } = loadRecipe(name).settings;
    const rest = { training, data, sampling, metrics, extractor, model };
    for (const { name: variant } of loadRecipe(name).grid.variants)
      expect(loadRecipe(name, {}, variant).settings).toMatchObject(rest);
  });
});

describe("a variant", () => {
  it("keeps the protocol of the recipe, so that their runs share a table, also with other settings", () => {
    for (const changes of [{}, { "training.steps": 7 }])
      expect(loadRecipe(name, changes, "continued").protocol).toBe(loadRecipe(name, changes).protocol);
  });

  it("has an identity, a lineage, a folder and a label of its own, and adds nothing to the recipe's own", async () => {
    const { method } = await loadMethod("difffit");
    const options = parseOptions(method);
    const seen = [undefined, "continued", "resampled"].map((variant) => {
      const recipe = loadRecipe(name, {}, variant);
      const training = { method: "difffit", learningRate: 1e-3, options, fingerprint: "f", seed: 0, base: "b" };
      const settings = withoutTexts(recipe.settings);
      return [
        identityOf({ ...training, settings, protocol: recipe.protocol, dataset: "source", extractor: "e" }),
        lineageOf({ ...training, settings: recipe.settings }),
        cellFolder("runs", recipe, "source", method, options, undefined, 0),
        rowLabel(method, options, undefined, recipe.variant),
      ];
    });
    for (const part of [0, 1, 2, 3]) expect(new Set(seen.map((parts) => parts[part])).size).toBe(3);
    expect(seen.map((parts) => parts.slice(2))).toEqual([
      ["runs/high-resolution-mini-1/source/difffit/seed-0", "DiffFit"],
      ["runs/high-resolution-mini-1/source/difffit+continued/seed-0", "DiffFit (positions continued)"],
      ["runs/high-resolution-mini-1/source/difffit+resampled/seed-0", "DiffFit (positions resampled)"],
    ]);
    expect(rowLabel(method, options, 0.002, loadRecipe(name, {}, "continued").variant)).toBe(
      "DiffFit (rate 0.002, positions continued)",
    );
  });

  it("belongs to no setting: adding one to a recipe changes neither its settings nor its protocol", () => {
    const variant = { name: "long", title: "longer", settings: { "training.steps": 400 } };
    const { settings, protocol } = loadRecipe(recipeWith(variant));
    expect({ settings, protocol }).toEqual((({ settings, protocol }) => ({ settings, protocol }))(loadRecipe("mini")));
    expect(loadRecipe(place, {}, "long").settings.training.steps).toBe(400);
  });

  it.each([
    [
      { settings: { "sampling.images": 3 } },
      "variant 'a' sets 'sampling.images', but all variants share data and scor",
    ],
    [{ settings: { "training.step": 3 } }, "no setting 'training.step'; did you mean 'training.steps'"],
    [{ settings: { "training.steps": 0 } }, "variant 'a': training.steps"],
    [{ settings: { positions: "continued" } }, "positions: it is used only with baseInputSize"],
    [{ name: "A b" }, "grid: variants.0.name: wanted lower-case letters"],
  ])("is refused when the recipe is read: %j", (change, message) => {
    const variant = { name: "a", title: "t", settings: {}, ...change };
    expect(() => loadRecipe(recipeWith(variant))).toThrow(message);
  });

  it("has a name and a title that no other one has", () => {
    const [a, b] = [
      { name: "a", title: "t", settings: {} },
      { name: "b", title: "t", settings: {} },
    ];
    expect(() => loadRecipe(recipeWith(a, a))).toThrow("variant 'a' is there twice");
    expect(() => loadRecipe(recipeWith(a, b))).toThrow("variant 'b' has the title 't' of another one");
  });

  it("is refused by name, with the closest one, and if --set names a setting that it sets", () => {
    expect(() => loadRecipe(name, {}, "continue")).toThrow("did you mean 'continued'?");
    expect(() => loadRecipe("mini", {}, "continued")).toThrow("recipe mini has no variants");
    expect(() => loadRecipe(name, { positions: "resampled" }, "continued")).toThrow(
      "variant 'continued' sets 'positions', and so does --set",
    );
  });
});
