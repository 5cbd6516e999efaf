// The steps at which the FID over training is computed.

import { describe, expect, it } from "vitest";
import { countFidSteps, isFidStep } from "./fid-curve.ts";

describe("countFidSteps", () => {
  it.each([
    [1, 1],
    [20, 8],
    [16, 8],
    [200, 50],
    [5, 100],
  ])("counts the steps of %i at which an FID every %i steps is computed", (steps, every) => {
    const due = Array.from({ length: steps + 1 }, (_, i) => i).filter((step) => isFidStep(step, steps, every));
    expect(countFidSteps(steps, every)).toBe(due.length);
  });
});
