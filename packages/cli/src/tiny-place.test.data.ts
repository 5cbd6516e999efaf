// A temporary folder for each test file, with the tiny recipe in it, and the built program started there.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll } from "vitest";
import { bench } from "./bench.test.data.ts";
import { tinyRecipe } from "./tiny-recipe.test.data.ts";

export const place = mkdtempSync(join(tmpdir(), "bench-"));
export const recipe = tinyRecipe(join(place, "tiny"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const usersHome = process.env.DIT_BENCH_HOME;
// Nothing is fetched here: on a CPU of Intel, `auto` would take OpenVINO from the user's own folder.
process.env.DIT_BENCH_HOME = join(place, "home");
/** For tests of what the user has fetched. */
export function useFetched(): void {
  if (usersHome === undefined) delete process.env.DIT_BENCH_HOME;
  else process.env.DIT_BENCH_HOME = usersHome;
}

/** Runs `bench` in `place`. */
export const go = (...args: string[]) => bench(args, { cwd: place });
/** The command line of one cell. A flag that is added to it again replaces the value here. */
export const cell = ["run", "--recipe", recipe, "--method", "difffit", "--dataset", "flowers", "--threads", "1"];
/** Runs the cell, with more flags. */
export const run = (...args: string[]) => go(...cell, ...args);
/** Returns the SHA-256 of a file in `place`. */
export const sha = (path: unknown) =>
  createHash("sha256")
    .update(readFileSync(join(place, String(path))))
    .digest("hex");

/**
 * Makes a folder of noisy JPEGs, with a subfolder for each class.
 *
 * @param classes number of images by class
 * @param dots how many of the images of each class have one pixel only
 */
export async function photos(name: string, classes: Record<string, number>, dots = 0): Promise<string> {
  const top = join(place, `photos ${name}`);
  for (const [c, n] of Object.entries(classes)) {
    mkdirSync(join(top, c), { recursive: true });
    for (let i = 0; i < n; i++) {
      const side = i < dots ? 1 : 40;
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, k) => (k * 7 + i * 31 + c.length * 50) % 256);
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .jpeg()
        .toFile(join(top, c, `${i}.jpg`));
    }
  }
  return top;
}
