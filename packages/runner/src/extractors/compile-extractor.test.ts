// Features that are not finite: an FID of them would be a number of no meaning.

import { createEngine } from "@dit-bench/compiler";
import { initialWeights, miniInception } from "@dit-bench/metrics";
import { expect, it } from "vitest";
import { compileExtractor } from "./compile-extractor.ts";

it("is an error if a feature is not finite, with the engine", async () => {
  const engine = await createEngine("cpu", { threads: 1 });
  const extractor = miniInception(3);
  const weights = initialWeights(extractor, 0);
  const pixels = new Uint8Array(2 * 32 * 32 * 3).map((_, i) => i % 251);
  const usual = await compileExtractor(engine, extractor, weights, 2);
  expect((await usual.features(pixels)).every(Number.isFinite)).toBe(true);
  await usual.dispose();
  const huge = Object.fromEntries(Object.entries(weights).map(([name, v]) => [name, v.map((x) => 1e38 * x)]));
  const overflowing = await compileExtractor(engine, extractor, huge, 2);
  await expect(overflowing.features(pixels)).rejects.toThrow(
    /^mini-inception\/1: the features of an image are not finite \((NaN|-?Infinity)\), on engine cpu; choose/,
  );
  await overflowing.dispose();
});
