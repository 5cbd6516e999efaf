// The strips of a run, checked by the colours of their tiles.

import { largestStrip, stripClasses } from "@dit-bench/report";
import sharp from "sharp";
import { expect, it } from "vitest";
import { makeStrips } from "./strip.ts";

const size = 32;
const classes = ["a", "b", "c"];

/** Images of one colour each: red counts the images, green is the label, both times 20. */
const images = (labels: readonly number[]) => ({
  pixels: Uint8Array.from({ length: labels.length * size * size * 3 }, (_, i) => {
    const image = Math.floor(i / (size * size * 3));
    return [20 * image, 20 * labels[image]!, 0][i % 3]!;
  }),
  labels: Int32Array.from(labels),
  indices: labels.map((_, i) => i),
});

/** Red and green in the middle of each tile, divided by 20. */
async function tilesOf(strip: Uint8Array): Promise<number[][]> {
  const { data, info } = await sharp(strip).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const side = info.height;
  return Array.from({ length: info.width / side }, (_, tile) => {
    const at = (Math.floor(side / 2) * info.width + tile * side + Math.floor(side / 2)) * 3;
    return [Math.round(data[at]! / 20), Math.round(data[at + 1]! / 20)];
  });
}

it("makeStrips takes the first images of each class, in the order of the classes, each image once", async () => {
  const generated = images([2, 0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  const strips = await makeStrips({ generated, real: images([0, 1, 2]), base: images([0, 0, 0]) }, { classes, size });
  expect(await tilesOf(strips.samples)).toEqual(
    [1, 3, 6, 9, 2, 4, 7, 10, 0, 5, 8, 11].map((image) => [image, generated.labels[image]!]),
  );
});

it("makeStrips takes the base model's samples from the same noise", async () => {
  const generated = { ...images([0, 1, 2]), indices: [5, 4, 40] };
  const base = images([0, 1, 2, 3, 4, 5]);
  const strips = await makeStrips({ generated, real: images([0, 1, 2]), base }, { classes, size });
  const grey = [12, 12]; // a class without a further image, or noise that no kept sample of the base model has
  expect(await tilesOf(strips.samples)).toEqual([
    [0, 0],
    grey,
    grey,
    grey,
    [1, 1],
    grey,
    grey,
    grey,
    [2, 2],
    grey,
    grey,
    grey,
  ]);
  expect(await tilesOf(strips.base)).toEqual([
    [5, 5],
    grey,
    grey,
    grey,
    [4, 4],
    grey,
    grey,
    grey,
    grey,
    grey,
    grey,
    grey,
  ]);
});

it("makeStrips leaves tiles grey where a class has no further image", async () => {
  const few = images([0, 1, 2]);
  const { real } = await makeStrips({ generated: few, real: few, base: few }, { classes, size });
  const grey = [12, 12];
  expect(await tilesOf(real)).toEqual([[0, 0], grey, grey, grey, [1, 1], grey, grey, grey, [2, 2], grey, grey, grey]);
});

/** Strips of an image of noise for each of twelve classes. */
function noiseStrips(side: number) {
  const pixels = Uint8Array.from({ length: 12 * side * side * 3 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
  const noise = { pixels, labels: Int32Array.from({ length: 12 }, (_, i) => i), indices: [...Array(12).keys()] };
  const names = Array.from({ length: 12 }, (_, i) => `class ${i}`);
  return makeStrips({ generated: noise, real: noise, base: noise }, { classes: names, size: side });
}

it("makeStrips keeps the limit for large images of noise, which it makes smaller", async () => {
  for (const strip of Object.values(await noiseStrips(128))) {
    expect(strip.length).toBeLessThanOrEqual(largestStrip);
    expect(await sharp(strip).metadata()).toMatchObject({ width: 12 * 64, height: 64 });
  }
});

it("makeStrips makes images of noise smaller if no quality keeps the limit at their own size", async () => {
  const side = 64;
  for (const strip of Object.values(await noiseStrips(side))) {
    expect(strip.length).toBeLessThanOrEqual(largestStrip);
    expect((await sharp(strip).metadata()).width).toBeLessThan(12 * side);
  }
});

it("stripClasses shows six images of a single class, and the first twelve of many classes", () => {
  expect(stripClasses(1)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(stripClasses(5)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  expect(stripClasses(100)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});
