// The number of micro-batches for the measured model sizes.

import type { DitConfig } from "@dit-bench/dit";
import { describe, expect, it } from "vitest";
import { countMicroBatches } from "./micro-batches.ts";

const dit = (width: number, depth: number, heads: number, side: number): DitConfig => ({
  ...{ name: "a DiT", inputSize: side, patchSize: 1, channels: 4, mlpRatio: 4, classes: 10, learnSigma: true },
  ...{ width, depth, heads },
});
const small = dit(192, 6, 3, 8);
const xl = dit(1152, 28, 16, 16);

describe("countMicroBatches", () => {
  it("makes micro-batches whose widest tensor takes about 4 MiB", () => {
    expect(countMicroBatches(small, 46_304, 64)).toBe(4); // 16 samples of 64 tokens of 768 numbers: 3 MiB
    expect(countMicroBatches(dit(128, 6, 4, 8), 18_784, 32)).toBe(1); // 4 MiB
    expect(countMicroBatches(xl, 835_232, 8)).toBe(8); // 4.5 MiB a sample
  });

  it("makes at most 8", () => {
    expect(countMicroBatches(xl, 835_232, 32)).toBe(8);
    expect(countMicroBatches(small, 46_304, 1024)).toBe(8);
    for (const [batch, count] of [
      [10, 5],
      [15, 5],
      [20, 5],
      [33, 3],
      [31, 1],
    ] as const)
      expect([batch, countMicroBatches(xl, 835_232, batch)]).toEqual([batch, count]);
  });

  it("makes equal micro-batches, larger than the target where no divisor of the batch is near it", () => {
    expect(countMicroBatches(small, 46_304, 63)).toBe(3);
    expect(countMicroBatches(small, 46_304, 62)).toBe(2);
    expect(countMicroBatches(small, 46_304, 61)).toBe(1);
  });

  it("does not split the batch where one gradient per micro-batch would take too much memory", () => {
    expect(countMicroBatches(small, 4_188_128, 64)).toBe(4); // full fine-tuning, just below the limit
    expect(countMicroBatches(dit(384, 12, 6, 16), 32_519_840, 8)).toBe(1);
    expect(countMicroBatches(xl, 673_799_072, 32)).toBe(1);
  });

  it("does not split a single sample", () => {
    expect(countMicroBatches(xl, 835_232, 1)).toBe(1);
  });
});
