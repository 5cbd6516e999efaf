// Datasets of runs: the source domain at both sizes, and interrupting loadDataset, which can take minutes.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { checkDatasetName, countImages, datasetsOf, datasetTitle, loadDataset } from "./dataset.ts";
import { loadRecipe } from "./recipe.ts";

it("loadDataset stops between two images when the listener asks for it", async () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-stop-"));
  mkdirSync(join(place, "rose"));
  const pixel = { create: { width: 20, height: 20, channels: 3, background: "red" } } as const;
  for (const i of Array.from({ length: 40 }, (_, i) => i))
    await sharp(pixel)
      .png()
      .toFile(join(place, "rose", `${i}.png`));
  let read = 0;
  const listener = {
    stopping: () => read >= 2,
    progress: () => {
      read++;
    },
  };
  const reading = loadDataset({ name: "x", folder: place }, loadRecipe("mini"), 32, place, listener);
  await expect(reading).rejects.toThrow("stopped while reading images");
  expect(read).toBe(2);
  rmSync(place, { recursive: true });
});

it("the source domain is a dataset of miniatures at 32 and at 64 pixels, which mini does not run", async () => {
  const choice = { name: "source" };
  expect(() => checkDatasetName("source")).not.toThrow();
  expect(datasetTitle(choice)).toBe("Source domain");
  expect(datasetsOf(loadRecipe("mini"))).not.toContain("source");
  expect(datasetsOf(loadRecipe("high-resolution/mini"))).toEqual(["source"]);
  for (const size of [32, 64]) {
    const recipe = loadRecipe("high-resolution/mini", { "data.perClass": 2, "data.heldOut": 0 });
    expect(countImages(recipe, choice)).toEqual({ classes: 16, images: 32 });
    const data = await loadDataset(choice, recipe, size, "unused", {});
    expect(data).toMatchObject({ name: "source", title: "Source domain", source: "miniature", size });
    expect(data.classes.length).toBe(16);
    expect(data.pixels.subarray(0, 32 * size ** 2 * 3).length).toBe(32 * size ** 2 * 3);
  }
  await expect(loadDataset(choice, loadRecipe("mini"), 48, "unused", {})).rejects.toThrow("32x32 or 64x64 pixels");
});
