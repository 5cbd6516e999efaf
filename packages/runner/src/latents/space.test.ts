// Latent space: sampling, caching, stopping.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { samplePosterior } from "@dit-bench/autoencoder";
import { createEngine, type Engine } from "@dit-bench/compiler";
import { normals } from "@dit-bench/random";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadRecipe, type Recipe } from "../recipe/recipe.ts";
import { openCodec } from "./codec.ts";
import { openAutoencoder } from "./open-autoencoder.ts";
import { planeOf } from "./planes.ts";
import { openSpace, type SpaceData } from "./space.ts";

const fixtures = fileURLToPath(new URL("../../../autoencoder/src/fixtures", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "space-"));
const scale = 0.25;
let engine: Engine;
beforeAll(async () => {
  cpSync(fixtures, join(place, "autoencoder"), { recursive: true });
  engine = await createEngine("cpu", { threads: 1 });
});
afterAll(() => rmSync(place, { recursive: true }));

function recipe(change: { channels?: number; flip?: boolean; tile?: number } = {}): Recipe {
  const mini = loadRecipe("mini");
  const { channels = 4, flip = true, tile } = change;
  const autoencoder = { weights: "autoencoder", scale, ...(tile === undefined ? {} : { tile }) };
  const settings = {
    ...mini.settings,
    model: { ...mini.settings.model, inputSize: 6, channels },
    data: { ...mini.settings.data, flip },
    autoencoder,
  };
  return { ...mini, folder: place, settings };
}
const data: SpaceData = {
  name: "five",
  fingerprint: "1",
  pixels: Uint8Array.from(normals(0, "space.test", 0, 5 * 24 * 24 * 3), (z) => 128 + 50 * z),
  labels: Int32Array.of(0, 1, 2, 0, 1),
  size: 24,
};
const open = (r: Recipe, listener = {}) => openSpace(r, { engine, out: place, listener });

describe("the latent space of a recipe", () => {
  test("samples latents from the posterior of the image or its mirror image, with new noise at each step", async () => {
    const space = await open(recipe());
    expect(space.side).toBe(24);
    const training = await space.training(data);
    const chosen = [
      { index: 3, mirrored: false },
      { index: 1, mirrored: true },
    ];
    const x0 = training.x0(chosen, 7, 11);
    const codec = openCodec(await openAutoencoder(fixtures), engine);
    const posteriors = await codec.encode(
      chosen.map(({ index, mirrored }) => {
        const pixels = data.pixels.subarray(index * 1728, (index + 1) * 1728);
        return planeOf({ width: 24, height: 24, pixels }, mirrored);
      }),
    );
    const noise = normals(7, "posterior", 11, 2 * 144);
    const wanted = posteriors.flatMap((p, i) => [...samplePosterior(p, noise.subarray(i * 144, (i + 1) * 144))]);
    expect(Math.max(...x0.map((v, i) => Math.abs(v - wanted[i]! * scale)))).toBeLessThan(1e-6);
    expect(training.x0(chosen, 7, 11)).toEqual(x0);
    expect(training.x0(chosen, 7, 12)).not.toEqual(x0);
    expect(training.x0(chosen, 8, 11)).not.toEqual(x0);

    const [first] = await codec.decode([
      { data: Float32Array.from(wanted.slice(0, 144)), channels: 4, height: 6, width: 6 },
    ]);
    const pixels = await space.pixels(x0);
    expect(pixels.length).toBe(2 * 24 * 24 * 3);
    const red = Math.min(255, Math.max(0, Math.round((first!.data[100]! + 1) * 127.5)));
    expect(Math.abs(pixels[300]! - red)).toBeLessThanOrEqual(1);
    training.close();
    await codec.dispose();
  });

  test("encodes again only where data, mirroring or tiles differ", async () => {
    const stages: string[] = [];
    const listener = { stage: (name: string) => void stages.push(name) };
    const encodes = async (r: Recipe, d = data) => {
      stages.length = 0;
      (await (await open(r, listener)).training(d)).close();
      return stages.includes("latents");
    };
    expect(await encodes(recipe())).toBe(false); // the test before made it
    expect(await encodes(recipe({ flip: false }))).toBe(true);
    expect(await encodes(recipe({ tile: 16 }))).toBe(true);
    expect(await encodes(recipe(), { ...data, fingerprint: "2" })).toBe(true);
    expect(await encodes(recipe({ flip: false }))).toBe(false);
  });

  test("stops when the listener asks", async () => {
    const listener = { stopping: () => true };
    const space = await open(recipe(), listener);
    await expect(space.training({ ...data, fingerprint: "3" })).rejects.toThrow("stopped between latents");
    await expect(space.pixels(new Float32Array(144))).rejects.toThrow("stopped between latents");
  });

  test("refuses a model with another number of channels", async () => {
    await expect(open(recipe({ channels: 3 }))).rejects.toThrow("its model has 3 channels, the latents of");
  });
});
