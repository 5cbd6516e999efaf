// What a method refuses before a run: wrong options, and options that do not fit the recipe's model.

import { expect, it } from "vitest";
import { loadRecipe } from "../recipe/recipe.ts";
import { checkFit } from "./check-fit.ts";
import { loadMethod } from "./methods.ts";

const check = async (name: string, options: object) =>
  checkFit(loadRecipe("mini"), (await loadMethod(name)).method, options);

it("accepts the published options, and refuses others that the schema or the model does not allow", async () => {
  await check("lora", {});
  await check("difffit", { from: 1 });
  await expect(check("lora", { rank: 0 })).rejects.toThrow("lora: option 'rank'");
  await expect(check("lora", { at: "blocks.*.absent" })).rejects.toThrow("blocks.*.absent");
  await expect(check("difffit", { from: 99 })).rejects.toThrow("option 'from' is 99, but the model has only");
});
