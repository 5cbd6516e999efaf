import type { DitConfig } from "@dit-bench/dit";
import { describe, expect, it } from "vitest";
import { microBatches } from "./micro-batches.ts";

const dit = (width: number, depth: number, heads: number, side: number): DitConfig => ({
  ...{ name: "a DiT", inputSize: side, patchSize: 1, channels: 4, mlpRatio: 4, classes: 10, learnSigma: true },
  ...{ width, depth, heads },
});
const small = dit(192, 6, 3, 8);
const xl = dit(1152, 28, 16, 16);

describe("parts of a batch", () => {
  it("are as large as keeps a block's widest tensor within 4 MiB", () => {
    expect(microBatches(small, 46_304, 64)).toBe(4); // 16 samples of 64 tokens of 768 numbers: 3 MiB
    expect(microBatches(dit(128, 6, 4, 8), 18_784, 32)).toBe(1); // 4 MiB
    expect(microBatches(xl, 835_232, 8)).toBe(8); // 4.5 MiB a sample
  });

  it("are at most 8", () => {
    expect(microBatches(xl, 835_232, 32)).toBe(8);
    expect(microBatches(small, 46_304, 1024)).toBe(8);
    for (const [batch, parts] of [
      [10, 5],
      [15, 5],
      [20, 5],
      [33, 3],
      [31, 1],
    ] as const)
      expect([batch, microBatches(xl, 835_232, batch)]).toEqual([batch, parts]);
  });

  it("are equal, and larger where none is that is half as large as it may be", () => {
    expect(microBatches(small, 46_304, 63)).toBe(3);
    expect(microBatches(small, 46_304, 62)).toBe(2);
    expect(microBatches(small, 46_304, 61)).toBe(1);
  });

  it("are one where a gradient for each would weigh too much", () => {
    expect(microBatches(small, 4_188_128, 64)).toBe(4); // full fine-tuning, by little
    expect(microBatches(dit(384, 12, 6, 16), 32_519_840, 8)).toBe(1);
    expect(microBatches(xl, 673_799_072, 32)).toBe(1);
  });

  it("are one of a single sample", () => {
    expect(microBatches(xl, 835_232, 1)).toBe(1);
  });
});
