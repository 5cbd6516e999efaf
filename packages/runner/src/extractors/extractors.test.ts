// Checks each entry of the table of extractors.

import { resizers } from "@dit-bench/images";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { isFetchable } from "../assets/fetched.ts";
import { loadRecipe, type Recipe } from "../recipe/recipe.ts";
import { readRecipeExtractor } from "../recipe/recipe-extractor.ts";
import { recipeNames } from "../recipe/recipe-names.ts";
import { weightsOf } from "../recipe/recipe-weights.ts";
import { extractorOf, extractorOfId, extractorSection, extractors } from "./extractors.ts";

describe("the table of extractors", () => {
  it("has a name once", () => {
    const names = extractors.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(extractors)(
    "names for $name weights that bench fetch knows, or a recipe of the project that uses it",
    (entry) => {
      if (entry.published !== undefined) expect(isFetchable(entry.published)).toBe(true);
      if (entry.recipe === undefined) return;
      expect(recipeNames()).toContain(entry.recipe);
      expect(extractorOf(loadRecipe(entry.recipe).settings.extractor)).toBe(entry);
    },
  );

  it("has the weights of an embedded extractor in the project", async () => {
    const embedded = extractors.filter((entry) => entry.embedded !== undefined);
    expect(embedded.map(({ name }) => name)).toEqual(["efficientnet-lite0"]);
    for (const { name, read } of embedded) {
      const weights = weightsOf({ folder: "none", settings: settingsWith(name) } as Recipe, "extractor");
      const { extractor, values } = await read({ weights, section: undefined, tap: undefined, remedy: "" });
      expect(Object.keys(values).sort()).toEqual(Object.keys(extractor.weights).sort());
      expect(Object.values(values).every((numbers) => numbers.every(Number.isFinite))).toBe(true);
    }
  });

  it("finds the entry of a recipe's section and of a network's id", async () => {
    const recipe = loadRecipe("mini");
    const { extractor } = await readRecipeExtractor(recipe);
    expect(extractorOf(recipe.settings.extractor).name).toBe("mini");
    expect(extractorOfId(extractor.id)?.name).toBe("mini");
    expect(extractorOf({ name: "inception", weights: "x" }).name).toBe("inception");
    expect(extractorOfId("inception-2015-12-05/2048")?.name).toBe("inception");
    expect(extractorOfId("mini64-inception/1")?.name).toBe("mini64");
    expect(extractorOfId("efficientnet-lite0/1")?.name).toBe("efficientnet-lite0");
    expect(extractorOfId("another-program's")).toBeUndefined();
  });
});

/** The settings of a recipe that names its extractor's weights by the extractor's name. */
const settingsWith = (name: string) => ({ ...loadRecipe("mini").settings, extractor: { name, weights: name } });

describe("extractorSection", () => {
  const schema = extractorSection({ z, resizers });

  it.each([
    { weights: "w.safetensors", classes: 3 },
    { name: "mini64", weights: "w.safetensors", classes: 3 },
    { name: "inception", weights: "inception-v3-fid", resize: "clean" },
    { name: "efficientnet-lite0", weights: "efficientnet-lite0", resize: "clean" },
  ])("accepts %j", (section) => {
    expect(schema.parse(section)).toEqual(section);
  });

  it.each([
    {},
    { weights: "w" },
    { weights: "w", classes: 0 },
    { name: "inception", weights: "w" },
    { name: "inception", weights: "w", resize: "nearest" },
    { name: "vgg", weights: "w", resize: "clean" },
    { weights: "w", classes: 3, extra: 1 },
  ])("refuses %j", (section) => {
    expect(schema.safeParse(section).success).toBe(false);
  });
});
