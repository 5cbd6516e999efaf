// Samples to pixels and features, in chunks.

import { normals } from "@dit-bench/random";
import { expect, it } from "vitest";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import { toPixels } from "../training/batches.ts";
import { tinyConfig } from "../training/tiny-dit.test.data.ts";
import { measureImages } from "./measure-images.ts";

it("gives the same features in chunks as all at once, and the pixels of the requested samples", async () => {
  const config = { ...tinyConfig(1), inputSize: 4 };
  // Images of 6000 x 6000, filled with one number of the sample. Three of them exceed the size of a chunk.
  const side = 6000;
  const chunks: number[] = [];
  const space = {
    side,
    training: () => Promise.reject(new Error("not used by this test")),
    pixels: async (x: Float32Array) => {
      const N = x.length / 48;
      chunks.push(N);
      const pixels = new Uint8Array(N * 3 * side ** 2);
      for (let n = 0; n < N; n++) pixels.fill(toPixels(x.slice(n * 48, n * 48 + 48), 4)[0]!, n * 3 * side ** 2);
      return pixels;
    },
  };
  const extractor = {
    dimension: 1,
    features: async (pixels: Uint8Array) =>
      Float32Array.from({ length: pixels.length / (3 * side ** 2) }, (_, n) => pixels[n * 3 * side ** 2]!),
  } as unknown as FeatureExtractor;
  const x = normals(0, "x", 0, 5 * 48).map((v) => v / 3);
  const wanted = Array.from({ length: 5 }, (_, n) => toPixels(x.slice(n * 48, n * 48 + 48), 4)[0]!);
  const { features, pixels } = await measureImages(space, extractor, config, x, [1, 4], {});
  expect([...features]).toEqual(wanted);
  expect([pixels[0], pixels[3 * side ** 2]]).toEqual([wanted[1], wanted[4]]);
  expect(chunks).toEqual([2, 2, 1]);
});
