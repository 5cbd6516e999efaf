// The key of the FID over training: points that another extractor or resizing gave are not those of this curve.

import { expect, it } from "vitest";
import { loadRecipe } from "../recipe/recipe.ts";
import { fidOverTraining } from "./fid-over-training.ts";
import type { PreparedCell } from "./stages/prepare.ts";

const keyWith = (extractorFile: object = {}, changes: Record<string, unknown> = {}) => {
  const cell = {
    task: { recipe: loadRecipe("mini", { "metrics.every": 50, ...changes }), seed: 0, listener: {} },
    extractorFile: { extractor: { id: "inception-v3" }, sha256: "a", ...extractorFile },
    data: { labels: Int32Array.of(0, 1) },
  };
  return fidOverTraining(cell as unknown as PreparedCell)!.key;
};

it("differs between extractors, weights, resizers, sampling and numbers of samples, and not otherwise", () => {
  const keys = [
    keyWith(),
    keyWith({ extractor: { id: "inception-v3-192" } }),
    keyWith({ sha256: "b" }),
    keyWith({ resize: "pytorch" }),
    keyWith({ resize: "clean" }),
    keyWith({}, { "sampling.guidance": 3 }),
    keyWith({}, { "metrics.everySamples": 7 }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keyWith()).toBe(keys[0]);
  expect(keyWith({}, { "sampling.images": 7, "metrics.resamples": 20 })).toBe(keys[0]); // of the final scores alone
});
