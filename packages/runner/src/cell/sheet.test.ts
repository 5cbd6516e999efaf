// The sheet of a run, checked by the colours of its pixels.

import type { RunRecord } from "@dit-bench/record";
import sharp from "sharp";
import { expect, it } from "vitest";
import { baseIndices, baseOnSheet, generatedOnSheet, makeSheet } from "./sheet.ts";

const size = 8;
const plain = (color: readonly number[], count: number) =>
  Uint8Array.from({ length: count * size * size * 3 }, (_, i) => color[i % 3]!);
const record = (classes: readonly string[]) =>
  ({
    cell: { methodLabel: "LoRA-R8", datasetTitle: "own images, 玫瑰", seed: 0 },
    data: { source: "folder", classes, size },
    metrics: { fid: 1, baseFid: 2, extractor: "mini" },
    training: { steps: 2, batch: 4 },
    parameters: { trainable: 10 },
    miniature: true,
  }) as unknown as RunRecord;

async function placesOf(color: readonly number[], png: Uint8Array) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const place = { count: 0, top: Number.POSITIVE_INFINITY, bottom: 0 };
  for (let i = 0; i < data.length; i += 3) {
    if (color.some((v, c) => data[i + c] !== v)) continue;
    const y = Math.floor(i / 3 / info.width);
    place.count++;
    place.top = Math.min(place.top, y);
    place.bottom = Math.max(place.bottom, y);
  }
  return place;
}

const [real, generated, base] = [
  [200, 0, 0],
  [0, 200, 0],
  [0, 0, 200],
] as const;

it.each([1, 2])("makeSheet puts the base model's samples below the rows of all %i classes", async (n) => {
  const classes = ["rose", "tulip"].slice(0, n);
  const labels = Int32Array.from({ length: 6 * n }, (_, i) => i % n);
  const png = await makeSheet(record(classes), {
    real: { pixels: plain(real, labels.length), labels },
    generated: { pixels: plain(generated, labels.length), labels, indices: [...labels.keys()] },
    base: { pixels: plain(base, baseOnSheet), indices: baseIndices(100, undefined) },
  });
  const [first, second, third] = [await placesOf(real, png), await placesOf(generated, png), await placesOf(base, png)];
  const tile = 96 * 96;
  expect([first.count, second.count, third.count]).toEqual([6 * n * tile, 6 * n * tile, baseOnSheet * tile]);
  expect([second.top, second.bottom]).toEqual([first.top, first.bottom]);
  expect(third.top).toBeGreaterThan(first.bottom + 20);
});

it("generatedOnSheet chooses the first six samples of each of the first twelve classes", () => {
  const labels = Int32Array.from({ length: 200 }, (_, i) => i % 20);
  const shown = generatedOnSheet(labels);
  expect(shown.length).toBe(6 * 12);
  expect(Math.max(...shown.map((i) => labels[i]!))).toBe(11);
});

it("baseIndices chooses the first samples without classes, and with classes three of each of the first twelve", () => {
  expect(baseIndices(100, undefined)).toEqual(Array.from({ length: 36 }, (_, i) => i));
  expect(baseIndices(5, undefined)).toEqual([0, 1, 2, 3, 4]);
  const labels = Int32Array.from({ length: 200 }, (_, i) => i % 20);
  const shown = baseIndices(200, labels);
  expect(shown.length).toBe(36);
  expect(shown.slice(10, 14)).toEqual([10, 11, 20, 21]);
});
