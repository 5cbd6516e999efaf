// What a checkpoint of pretraining belongs to.

import { expect, it } from "vitest";
import { loadRecipe } from "../recipe/recipe.ts";
import { pretrainingIdentity } from "./pretrain.ts";

it("differs with every setting that decides the training of the base model", () => {
  const changes = [
    {},
    { "data.flip": !loadRecipe("mini").settings.data.flip },
    { "training.labelDropout": 0.3 },
    { "pretraining.base.steps": 7 },
    { "model.heads": 1 },
  ];
  const identities = changes.map((change) => pretrainingIdentity("base", loadRecipe("mini", change)));
  expect(new Set([...identities, pretrainingIdentity("extractor", loadRecipe("mini"))]).size).toBe(changes.length + 1);
  const other = loadRecipe("mini", { "training.steps": 7, "sampling.images": 7 });
  expect(pretrainingIdentity("base", other)).toBe(identities[0]);
});
