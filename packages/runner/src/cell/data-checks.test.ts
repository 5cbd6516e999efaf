// Checks before a run. Runs in the folder of their own images are refused: the next run would train on their sheets.
// A dataset is checked once for all variants of a recipe.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadRecipe } from "../recipe/recipe.ts";
import { checkApart, checkBeforehand } from "./data-checks.ts";

const place = realpathSync(mkdtempSync(join(tmpdir(), "dit-bench-apart-")));
afterAll(() => rmSync(place, { recursive: true, force: true }));
mkdirSync(join(place, "photos", "rose"), { recursive: true });
symlinkSync("photos", join(place, "link"));

const check = (out: string, folder: string) => () =>
  checkApart(join(place, out), { name: "photos", folder: join(place, folder) });

describe("checkApart", () => {
  it.each([
    ["photos", "photos"],
    ["photos/runs", "photos"],
    ["photos/rose/a/b", "photos/"],
    ["link/runs", "photos"],
    ["photos/runs", "link"],
    ["photos/..runs", "photos"],
  ])("refuses --out %s, which is among the images of %s", (out, folder) => {
    expect(check(out, folder)).toThrow(/^--out .* lies in the image folder .*; choose another with --out$/);
    expect(check(out, folder)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it.each([
    ["runs", "photos"],
    ["photos-runs", "photos"],
    [".", "photos"],
    ["photos/../runs", "photos"],
    ["photos", "missing"],
  ])("accepts --out %s, which is beside the images of %s", (out, folder) => {
    expect(check(out, folder)).not.toThrow();
  });

  it("does not check a published dataset, which has no folder of the user", () => {
    expect(() => checkApart("runs", { name: "flowers" })).not.toThrow();
  });
});

describe("checkBeforehand", () => {
  it("checks a dataset once for recipes with equal data, model and batch", async () => {
    const folder = join(place, "own");
    for (const name of ["a/1.png", "a/2.png", "b/1.png", "b/2.png"]) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), "");
    }
    const choice = { name: "own", folder };
    const recipeOf = (batch: number, steps: number) =>
      loadRecipe("mini", { "training.batch": batch, "training.steps": steps });
    const check = (recipe = recipeOf(2, 10), earlier = [recipeOf(2, 10)]) =>
      checkBeforehand(recipe, [choice], { out: join(place, "runs"), decode: false, earlier });
    await check(recipeOf(2, 10), []);
    rmSync(folder, { recursive: true });
    await check(recipeOf(2, 20));
    await expect(check(recipeOf(3, 20))).rejects.toThrow("does not exist");
  });
});
