// Plans of the recipe `paper`, whose files are not on this machine.

import { describe, expect, it } from "vitest";
import { datasetEntries } from "../assets/dataset-entries.ts";
import { loadMethod } from "../methods/methods.ts";
import { loadRecipe } from "../recipe/recipe.ts";
import { planRun } from "./plan.ts";

describe("planRun of the recipe paper", () => {
  it.each(datasetEntries().map(({ name, prepared }) => [name, prepared.images]))(
    "counts for %s the %i images that its preparation selects",
    async (name, images) => {
      const { method } = await loadMethod("difffit");
      const recipe = loadRecipe("paper");
      const { disk, seconds, sharedStages } = await planRun(recipe, {
        method,
        options: {},
        dataset: { name },
        gemmThroughput: 1e11,
      });
      const latent = 4 * 32 ** 2;
      const bytesPerImage = 2 * (2 * latent * 4); // image and mirror image; mean and deviation, four bytes each
      expect(disk["latents, for all runs"]).toBe(images * bytesPerImage);
      expect(sharedStages).toEqual(Object.keys(seconds).filter((stage) => stage.includes("once for all runs")));
      expect(disk.features).toBe(4 * 2048 * (images + recipe.settings.sampling.images));
    },
  );
});
