// The split into training and held-out images: each image by its own hash.

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { loadDataset } from "./dataset.ts";
import { expectedHeldOut, heldOutShare, splitByHash, splitImages, type WholeSet } from "./held-out.ts";
import { loadRecipe, type Recipe } from "./recipe.ts";

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const hashes = (n: number, name = "image") => Array.from({ length: n }, (_, i) => hashOf(`${name} ${i}`));
const classes = (n: number, count: number) => Int32Array.from({ length: n }, (_, i) => i % count);

describe("splitByHash", () => {
  it("holds out the images whose hash begins with less than the share of 2^32", () => {
    const given = ["00", "33333332", "33333334", "ff"].map((start) => start.padEnd(64, "0"));
    expect(splitByHash(given, classes(4, 1), 0.2)).toEqual({ training: [2, 3], heldOut: [0, 1] });
  });

  it("holds out about the share, of each class", () => {
    const labels = classes(5000, 5);
    const { heldOut } = splitByHash(hashes(5000, "x"), labels, 0.2);
    for (let c = 0; c < 5; c++) {
      const n = heldOut.filter((i) => labels[i] === c).length;
      expect(Math.abs(n - 200)).toBeLessThan(3 * Math.sqrt(1000 * 0.2 * 0.8)); // three standard deviations
    }
  });

  it("does not depend on the other images", () => {
    const [all, labels] = [hashes(300), classes(300, 3)];
    const held = splitByHash(all, labels, 0.2).heldOut.map((i) => all[i]);
    const part = all.filter((_, i) => i % 2 === 0);
    const partLabels = labels.filter((_, i) => i % 2 === 0);
    const heldOfPart = splitByHash(part, partLabels, 0.2).heldOut.map((i) => part[i]);
    expect(heldOfPart).toEqual(held.filter((hash) => part.includes(hash!)));
  });

  it("puts equal files into one part, and holds out a subset for a smaller share", () => {
    const twice = [...hashes(200), ...hashes(200)];
    const { heldOut } = splitByHash(twice, classes(400, 1), 0.2);
    for (const i of heldOut) expect(heldOut).toContain((i + 200) % 400);
    const smaller = splitByHash(twice, classes(400, 1), 0.1).heldOut;
    expect(smaller.length).toBeLessThan(heldOut.length);
    for (const i of smaller) expect(heldOut).toContain(i);
  });

  it("trains on the image with the highest hash of a class that would be held out as a whole", () => {
    const given = ["00", "01", "02", "ff"].map((start) => start.padEnd(64, "0"));
    expect(splitByHash(given, Int32Array.of(0, 0, 1, 1), 0.2)).toEqual({ training: [1, 3], heldOut: [0, 2] });
    const twice = ["01", "00", "01"].map((start) => start.padEnd(64, "0"));
    expect(splitByHash(twice, classes(3, 1), 0.2)).toEqual({ training: [0, 2], heldOut: [1] });
    // The only file of class 1 is also in class 0, where it is not the one with the highest hash.
    const inBoth = ["01", "ff", "01"].map((start) => start.padEnd(64, "0"));
    expect(splitByHash(inBoth, Int32Array.of(0, 0, 1), 0.2)).toEqual({ training: [0, 1, 2], heldOut: [] });
  });
});

describe("splitImages", () => {
  const mini = loadRecipe("mini");
  const { heldOut: _, ...data } = mini.settings.data;
  /** A recipe without a share. */
  const recipe: Recipe = { ...mini, settings: { ...mini.settings, data } };
  const given = (heldOut: number) => loadRecipe("mini", { "data.heldOut": heldOut });
  /** A recipe with a share of its own. */
  const withShare = (heldOut: number) => ({ ...given(heldOut), given: [] });
  const whole = (n: number): WholeSet => ({
    size: 1,
    pixels: Uint8Array.from({ length: 3 * n }, (_, i) => i),
    labels: classes(n, 2),
    fingerprint: "whole",
    hashes: () => hashes(n),
    fingerprintOf: (indices) => indices.join(),
  });
  const own = { folder: "photos" };

  it("holds out a fifth of own images unless another share is given, and nothing of datasets", () => {
    expect(heldOutShare(recipe, own)).toEqual({ share: 0.2, named: false });
    expect(heldOutShare(given(0.1), own)).toEqual({ share: 0.1, named: true });
    expect(heldOutShare(given(0), own).share).toBe(0);
    expect(heldOutShare(recipe, {}).share).toBe(0);
  });

  it("takes a recipe's own share for its datasets, and as a default for own images, not for small sets", () => {
    expect(heldOutShare(withShare(0.3), {})).toEqual({ share: 0.3, named: true });
    expect(heldOutShare(withShare(0.3), own)).toEqual({ share: 0.3, named: false });
    expect(splitImages(whole(100), withShare(0.2), {}).heldOut!.labels.length).toBeGreaterThan(10);
    expect(splitImages(whole(100), withShare(0.2), own).noHeldOut).toMatch(/of 100 would be, fewer than 40$/);
    expect(splitImages(whole(300), withShare(0.2), own).heldOut!.labels.length).toBeGreaterThan(40);
    // A share that was given is final, also if it equals the recipe's.
    expect(splitImages(whole(100), given(0.2), own).heldOut!.labels.length).toBeGreaterThan(10);
  });

  it("makes two parts that together are the whole set", () => {
    const split = splitImages(whole(300), recipe, own);
    const held = split.heldOut!;
    expect(split.labels.length + held.labels.length).toBe(300);
    const indices = [...split.fingerprint.split(","), ...held.fingerprint.split(",")].map(Number);
    expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    const first = Number(held.fingerprint.split(",")[0]);
    expect([...held.pixels.subarray(0, 3)]).toEqual([...whole(300).pixels.subarray(3 * first, 3 * first + 3)]);
    expect(held.labels[0]).toBe(first % 2);
  });

  it("trains on all of a small set, with the reason, unless the share is given", () => {
    const { noHeldOut, heldOut, labels } = splitImages(whole(100), recipe, own);
    expect(noHeldOut).toMatch(/^no images are held out: \d+ of 100 would be, fewer than 40$/);
    expect(heldOut).toBeUndefined();
    expect(labels.length).toBe(100);
    expect(splitImages(whole(100), given(0.2), own).heldOut!.labels.length).toBeGreaterThan(10);
    expect(splitImages(whole(100), recipe, {}).noHeldOut).toBeUndefined();
  });

  it("expects to hold out the share, except of sets that are trained on as a whole", () => {
    expect(expectedHeldOut(recipe, own, 260)).toBe(0.2);
    expect(expectedHeldOut(recipe, own, 100)).toBe(0);
    expect(expectedHeldOut(given(0.2), own, 100)).toBe(0.2);
    expect(expectedHeldOut(recipe, {}, 1000)).toBe(0);
  });

  it("trains on all where the rest would be smaller than a batch, unless the share is given", () => {
    const large = loadRecipe("mini", { "training.batch": 290 });
    expect(splitImages(whole(300), large, own).noHeldOut).toMatch(/images would be left, fewer than a batch of 290$/);
  });
});

describe("loadDataset of a miniature", () => {
  const load = (changes: Record<string, unknown>) =>
    loadDataset({ name: "flowers" }, loadRecipe("mini", changes), 32, "runs", {});

  it("holds nothing out of a share of 0, and draws the same images for any share", async () => {
    const whole = await load({ "data.heldOut": 0 });
    expect(whole.heldOut).toBeUndefined();
    const split = await load({ "data.heldOut": 0.2 });
    const held = split.heldOut!;
    expect(split.labels.length + held.labels.length).toBe(whole.labels.length);
    expect(held.labels.length / whole.labels.length).toBeCloseTo(0.2, 1);
    const bytes = 3 * 32 ** 2;
    const images = ({ pixels, labels }: { pixels: typeof whole.pixels; labels: Int32Array }) =>
      [...labels.keys()].map((i) => hashOf(Buffer.from(pixels.subarray(i * bytes, (i + 1) * bytes)).toString("hex")));
    expect([...images(split), ...images(held)].sort()).toEqual(images(whole).sort());
    expect(new Set([whole.fingerprint, split.fingerprint, held.fingerprint]).size).toBe(3);
  });

  it("has the fingerprint that published results have", async () => {
    expect((await load({})).fingerprint).toBe("345cf22d3f948f4137513a948c013b1e11ec21580a89371f32c6a8df99f9e5ff");
  });
});
