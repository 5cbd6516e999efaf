// The costs of a run over several processes.

import { describe, expect, it } from "vitest";
import { addCosts, costsOf, meanStepTime, noCosts } from "./costs.ts";

describe("addCosts", () => {
  it("adds seconds by stage and takes the larger peak, in either order", () => {
    const a = { seconds: { data: 1, total: 5 }, peakBytes: 7 };
    const b = { seconds: { compile: 2, total: 3 }, peakBytes: 4 };
    const sum = { seconds: { data: 1, compile: 2, total: 8 }, peakBytes: 7 };
    expect(addCosts(a, b)).toEqual(sum);
    expect(addCosts(b, a)).toEqual(sum);
    expect(addCosts(a, noCosts)).toEqual(a);
  });
});

describe("costsOf", () => {
  it("takes the seconds of training as the total of a checkpoint that has no costs", () => {
    expect(costsOf({ seconds: 4 })).toEqual({ seconds: { total: 4 }, peakBytes: 0 });
    const costs = { seconds: { total: 9 }, peakBytes: 1 };
    expect(costsOf({ seconds: 4, costs })).toEqual(costs);
  });
});

describe("meanStepTime", () => {
  it("weights each part by its steps, so that a part without steps does not count", () => {
    expect(meanStepTime({ step: 30, stepMilliseconds: 10 }, { step: 10, stepMilliseconds: 50 })).toBe(20);
    expect(meanStepTime({ step: 0, stepMilliseconds: 0 }, { step: 2, stepMilliseconds: 8 })).toBe(8);
    expect(meanStepTime({ step: 3, stepMilliseconds: 8 }, { step: 0, stepMilliseconds: 0 })).toBe(8);
  });
});
