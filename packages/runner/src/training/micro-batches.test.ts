// The numbers of micro-batches and of parts for the measured model sizes.

import type { DitConfig } from "@dit-bench/dit";
import { describe, expect, it } from "vitest";
import { samplingParts, trainingMicroBatches } from "./micro-batches.ts";

const dit = (width: number, depth: number, heads: number, side: number): DitConfig => ({
  ...{ name: "a DiT", inputSize: side, patchSize: 1, channels: 4, mlpRatio: 4, classes: 10, learnSigma: true },
  ...{ width, depth, heads },
});
const small = dit(192, 6, 3, 8);
const xl = dit(1152, 28, 16, 16);

const countMicroBatches = (...task: Parameters<typeof trainingMicroBatches>) => trainingMicroBatches(...task).count;

describe("trainingMicroBatches", () => {
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

  it("lets as many run at the same time as there is memory for gradients, and does not split below two", () => {
    expect(trainingMicroBatches(small, 4_188_128, 64)).toEqual({ count: 4, lanes: 4 }); // full fine-tuning
    expect(trainingMicroBatches(dit(384, 12, 6, 16), 32_519_840, 8)).toEqual({ count: 4, lanes: 3 });
    expect(trainingMicroBatches(xl, 673_799_072, 32)).toEqual({ count: 8, lanes: 4 });
    expect(trainingMicroBatches(xl, 673_799_072, 8)).toEqual({ count: 1, lanes: 1 });
  });

  it("does not split a single sample", () => {
    expect(countMicroBatches(xl, 835_232, 1)).toBe(1);
  });
});

describe("samplingParts", () => {
  it("makes parts whose widest tensor takes about 4 MiB, guidance counted", () => {
    expect(samplingParts(small, 64, false)).toBe(4);
    expect(samplingParts(small, 64, true)).toBe(8);
  });

  it("makes two of an even batch that is small, and leaves a single sample whole", () => {
    expect(samplingParts(dit(128, 6, 4, 8), 32, false)).toBe(2);
    expect(samplingParts(small, 2, false)).toBe(2);
    expect(samplingParts(small, 3, false)).toBe(1);
    expect(samplingParts(xl, 1, true)).toBe(1);
  });
});
