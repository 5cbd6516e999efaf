// The settings that a model card repeats with `--set`.

import { expect, it } from "vitest";
import { loadRecipe } from "../recipe/recipe.ts";
import { changesOf } from "./changes.ts";

const { settings } = loadRecipe("mini");

it("lists changed and added settings by the path that --set takes, without texts and what a variant sets", () => {
  const changed = {
    ...settings,
    title: "another text",
    base: { random: "unit" as const },
    data: { ...settings.data, heldOut: 0.3 },
    metrics: { ...settings.metrics, every: 50 },
    training: { ...settings.training, steps: 5, batch: 4, betas: [0.8, 0.9] as [number, number] },
  };
  expect(changesOf(changed, settings, ["training.batch"])).toEqual([
    ["recipe.base", { random: "unit" }],
    ["data.heldOut", 0.3],
    ["training.steps", 5],
    ["training.betas", [0.8, 0.9]],
    ["metrics.every", 50],
  ]);
  expect(changesOf(settings, settings)).toEqual([]);
});

it("names settings that a recipe takes", () => {
  const changed = { ...settings, training: { ...settings.training, steps: 5 }, base: "other.safetensors" };
  const changes = changesOf(changed, settings).map(([path, value]) => [path.replace(/^recipe\./, ""), value]);
  expect(loadRecipe("mini", Object.fromEntries(changes)).settings).toEqual(changed);
});
