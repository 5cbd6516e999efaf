// A dataset of the registry without a miniature: recipes of miniatures refuse it, all other recipes accept it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { datasetEntries } from "../assets/dataset-entries.ts";
import { planFetch } from "../assets/fetch.ts";
import { fetchable } from "../assets/locate.ts";
import { checkBeforehand } from "../cell/data-checks.ts";
import { loadMethod } from "../methods/methods.ts";
import { planRun } from "../plan/plan.ts";
import { datasetsOf, datasetTitle, loadDataset, miniatureOf } from "./dataset.ts";
import { loadRecipe } from "./recipe.ts";

vi.mock("../assets/dataset-entries.ts", async (original) => {
  const { datasetEntries } = await original<typeof import("../assets/dataset-entries.ts")>();
  const withoutMiniature = (name: string) => name === "flowers";
  return {
    datasetEntries: () =>
      datasetEntries().map(({ miniature, ...entry }) =>
        withoutMiniature(entry.name) ? entry : { ...entry, miniature: miniature! },
      ),
  };
});

const place = mkdtempSync(join(tmpdir(), "dit-bench-no-miniature-"));
afterAll(() => rmSync(place, { recursive: true }));
const out = join(place, "runs");
const choice = { name: "flowers" };
const message = /dataset 'flowers' has no miniature; datasets with one: food, sun, .*, cars; or choose a recipe/;

describe("a dataset without a miniature", () => {
  it("is refused by a recipe of miniatures, with the datasets that have one", async () => {
    const recipe = loadRecipe("mini");
    expect(() => miniatureOf("flowers")).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(() => miniatureOf("flowers")).toThrow(message);
    await expect(loadDataset(choice, recipe, 32, out, {})).rejects.toThrow(message);
    await expect(checkBeforehand(recipe, [choice], { out, decode: false })).rejects.toThrow(message);
  });

  it("is left out of the datasets of a recipe of miniatures, and only there", () => {
    const names = datasetEntries().map(({ name }) => name);
    expect(datasetsOf(loadRecipe("mini"))).toEqual(names.filter((name) => name !== "flowers"));
    expect(datasetsOf(loadRecipe("paper"))).toEqual(names);
  });

  it("can be planned with a recipe of real images, and fetched", async () => {
    const { method } = await loadMethod("difffit");
    const plan = await planRun(loadRecipe("paper"), { method, options: {}, dataset: choice, gemmThroughput: 1e11 });
    expect(plan.dataset).toBe(datasetTitle(choice));
    expect((await planFetch(fetchable("flowers"))).kind).toBe("dataset");
  });
});
