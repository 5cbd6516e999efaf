// Interrupts loadDataset: reading a folder of images can take minutes.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { loadDataset } from "./dataset.ts";
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
