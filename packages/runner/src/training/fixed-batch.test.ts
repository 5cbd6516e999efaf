// The steps at which the fixed batch is evaluated.

import { describe, expect, it } from "vitest";
import { isFixedBatchStep } from "./fixed-batch.ts";

describe("isFixedBatchStep", () => {
  const steps = (n: number, batch = 32) =>
    Array.from({ length: n + 1 }, (_, i) => i).filter((i) => isFixedBatchStep(i, n, batch));

  it("selects the first step, the last step, and multiples of a power of two between them", () => {
    expect(steps(1)).toEqual([0, 1]);
    expect(steps(4)).toEqual([0, 4]);
    expect(steps(200)).toEqual([0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 200]);
    expect(steps(24_000, 1).length).toBe(13);
    for (const n of [100, 999, 5000]) expect(steps(n).length).toBeLessThanOrEqual(18);
  });

  it("selects for a longer training only steps that a shorter one has, up to the end of the shorter one", () => {
    for (const [short, long] of [
      [50, 60],
      [200, 400],
      [333, 1000],
      [64, 4096],
    ] as const) {
      const had = new Set(steps(short));
      for (const step of steps(long)) if (step <= short) expect(had, `${step} of ${long}`).toContain(step);
    }
  });
});
