import { describe, expect, it } from "vitest";
import { datasetEntries } from "../assets/dataset-entries.ts";
import { loadMethod } from "../methods/methods.ts";
import { loadRecipe } from "../recipe/recipe.ts";
import { planRun } from "./plan.ts";

describe("what recipe paper would take", () => {
  it.each(datasetEntries().map(({ name, prepared }) => [name, prepared.images]))(
    "on %s counts the %i images that its preparation takes",
    async (name, images) => {
      const { method } = await loadMethod("difffit");
      const recipe = loadRecipe("paper");
      const { disk } = await planRun(recipe, { method, options: {}, dataset: { name }, productRate: 1e11 });
      const latent = 4 * 32 ** 2;
      const ofPictureAndMirrorImage = 2 * (2 * latent * 4); // mean and deviation, four bytes each
      expect(disk["latents, for all runs"]).toBe(images * ofPictureAndMirrorImage);
      expect(disk.features).toBe(4 * 2048 * (images + recipe.settings.sampling.images));
    },
  );
});
