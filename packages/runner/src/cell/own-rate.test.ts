// Identity, lineage and folder of a cell. The digests are those of the version before cells had a learning rate of
// their own: finished runs must still be found.

import { parseOptions } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import { loadMethod } from "../methods/methods.ts";
import { loadRecipe } from "../recipe/recipe.ts";
import type { RecipeSettings } from "../recipe/schema.ts";
import { lineageOf } from "../training/kept-state.ts";
import { cellFolder, identityOf } from "./identity.ts";

const settings = {
  model: { width: 16 },
  data: { flip: true },
  training: { steps: 3, batch: 4, learningRateScale: 10 },
} as unknown as RecipeSettings;
const parts = {
  settings,
  method: "lora",
  learningRate: 1e-3,
  options: { rank: 8 },
  fingerprint: "f",
  seed: 0,
  base: "b",
};
const cell = { protocol: "mini/1", dataset: "flowers", extractor: "e" };

describe("a cell without a learning rate of its own", () => {
  it("has the identity and the lineage that it had before", () => {
    expect(identityOf({ ...parts, ...cell })).toBe("04a6a614a419b71fb71b12039c2b87f266bdc500b58ce1d48c58f04bddeb05be");
    expect(lineageOf(parts)).toBe("39c4cb1f183f486f32d5aba7ffea94f124d22ef093c8e48c2677cf1ec4c88a4e");
  });
});

describe("a cell with a learning rate of its own", () => {
  it("has another identity and another lineage, which depend on the rate", () => {
    const rates = [undefined, 0.002, 0.003].map((rate) => (rate === undefined ? {} : { ownLearningRate: rate }));
    expect(new Set(rates.map((rate) => identityOf({ ...parts, ...cell, ...rate })))).toHaveLength(3);
    expect(new Set(rates.map((rate) => lineageOf({ ...parts, ...rate })))).toHaveLength(3);
  });
});

describe("cellFolder", () => {
  it("is the folder that it was before, except with a learning rate of its own", async () => {
    const { method } = await loadMethod("lora");
    const folder = (options: object, rate?: number) =>
      cellFolder("runs", loadRecipe("mini"), "flowers", method, parseOptions(method, options), rate, 3);
    const start = `runs/${loadRecipe("mini").protocol.replace("/", "-")}/flowers`;
    expect(folder({})).toBe(`${start}/lora/seed-3`);
    expect(folder({ rank: 4 })).toBe(`${start}/lora-r4-8bd58d/seed-3`);
    expect(folder({}, 0.002).replace(start, "")).toMatch(/^\/lora-r8-rate-0-002-[0-9a-f]{6}\/seed-3$/);
    // Equal names after the replacement of other characters still have different folders.
    expect(new Set([folder({}, 0.1), folder({}, 0.2), folder({ rank: 4 }, 0.1)])).toHaveLength(3);
  });
});
