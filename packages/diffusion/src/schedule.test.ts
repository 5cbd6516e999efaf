// The noise schedule and respacing against the official DiT code's tables, and respacing by its rules.

import { describe, expect, it } from "vitest";
import { fixture } from "./fixture.test.data.ts";
import { linearSchedule, respace, type Schedule } from "./index.ts";

const official = fixture("diffusion_schedule");

const officialNames = {
  betas: "betas",
  alphasCumprod: "alphas_cumprod",
  alphasCumprodPrev: "alphas_cumprod_prev",
  sqrtAlphasCumprod: "sqrt_alphas_cumprod",
  sqrtOneMinusAlphasCumprod: "sqrt_one_minus_alphas_cumprod",
  sqrtRecipAlphasCumprod: "sqrt_recip_alphas_cumprod",
  sqrtRecipm1AlphasCumprod: "sqrt_recipm1_alphas_cumprod",
  posteriorVariance: "posterior_variance",
  posteriorLogVarianceClipped: "posterior_log_variance_clipped",
  posteriorMeanCoef1: "posterior_mean_coef1",
  posteriorMeanCoef2: "posterior_mean_coef2",
} as const satisfies Partial<Record<keyof Schedule, string>>;

/** Largest relative difference, element by element. */
function relative(got: Float64Array, want: number[]): number {
  expect(got.length).toBe(want.length);
  return want.reduce((max, v, i) => Math.max(max, v === got[i] ? 0 : Math.abs(v - got[i]!) / Math.abs(v)), 0);
}

// The official code recomputes the betas from alphasCumprod even without respacing, which costs 4e-13.
describe("the linear schedule, against the official code", () => {
  const schedule = linearSchedule();

  it.each(Object.entries(officialNames))("has the same %s, relative 1e-12", (ours, theirs) => {
    expect(relative(schedule[ours as keyof typeof officialNames], official.numbers(theirs))).toBeLessThan(1e-12);
  });

  it("has 1000 steps, which the network sees as 0 to 999", () => {
    expect(schedule.steps).toBe(1000);
    expect([...schedule.timesteps]).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });
});

describe("respacing, against the official code", () => {
  // With rounding half up, 2 steps of "25" and 4 of "19" would differ.
  it.each(["10", "50", "25", "19", "250", "ddim50", "ddim10"])(
    "keeps the same steps with the same betas for %s",
    (r) => {
      const respaced = respace(linearSchedule(), r);
      expect([...respaced.timesteps]).toEqual(official.numbers(`respaced.${r}.timesteps`));
      expect(relative(respaced.betas, official.numbers(`respaced.${r}.betas`))).toBeLessThan(1e-12);
      expect(
        relative(
          respaced.posteriorLogVarianceClipped,
          official.numbers(`respaced.${r}.posterior_log_variance_clipped`),
        ),
      ).toBeLessThan(1e-12);
    },
  );
});

describe("respacing", () => {
  const schedule = linearSchedule();

  it("does not change the noise level of a kept step", () => {
    const respaced = respace(schedule, "10,20,30");
    respaced.timesteps.forEach((t, k) => {
      expect(respaced.alphasCumprod[k]).toBeCloseTo(schedule.alphasCumprod[t]!, 14);
    });
  });

  it("spaces the steps of a section from its first to its last, and makes the first sections longer", () => {
    // 1000 = 334 + 333 + 333
    expect([...respace(schedule, "2,3,2").timesteps]).toEqual([0, 333, 334, 500, 666, 667, 999]);
  });

  it("takes the first step of a section that gets one step", () => {
    expect([...respace(schedule, "1,1").timesteps]).toEqual([0, 500]);
  });

  it("gives the process itself when all steps are kept", () => {
    expect([...respace(schedule, "1000").timesteps]).toEqual([...schedule.timesteps]);
    expect(relative(respace(schedule, "1000").betas, [...schedule.betas])).toBeLessThan(1e-10);
  });

  it("keeps the original timesteps for the network when a respaced process is respaced again", () => {
    expect([...respace(respace(schedule, "ddim10"), "ddim5").timesteps]).toEqual([0, 200, 400, 600, 800]);
  });

  it("gives a process of one step finite tables", () => {
    const one = respace(schedule, "1");
    expect([...one.timesteps]).toEqual([0]);
    expect(one.posteriorLogVarianceClipped[0]).toBe(Math.log(one.betas[0]!));
  });

  it.each(["", "fast", "ddim", "10,", "-5", "2.5", "10 20", "DDIM50"])(
    "refuses %j and lists the forms of a respacing",
    (r) => {
      expect(() => respace(schedule, r)).toThrow(`respacing ${JSON.stringify(r)}: wanted a count`);
    },
  );

  it.each([
    ["0", 'respacing "0": 0 steps: wanted 1 to 1000'],
    ["1001", 'respacing "1001": 1001 steps: wanted 1 to 1000'],
    ["10,600", 'respacing "10,600": 600 steps in section 2 of 2: wanted 1 to 500'],
    ["ddim37", 'respacing "ddim37": no whole stride takes 37 of 1000 steps; nearest: "ddim38", "ddim36"'],
    ["ddim0", 'respacing "ddim0": no whole stride takes 0 of 1000 steps; nearest: "ddim2"'],
    ["ddim2000", 'respacing "ddim2000": no whole stride takes 2000 of 1000 steps; nearest: "ddim1000"'],
  ])("refuses %j and gives the reason", (r, message) => {
    expect(() => respace(schedule, r)).toThrow(message);
  });
});

describe("linearSchedule of other lengths than 1000", () => {
  it.each([100, 4000])("ends at about the same noise as 1000 steps: %i", (steps) => {
    const logSignal = (schedule: Schedule) => Math.log(schedule.alphasCumprod.at(-1)!); // -10.1 for 1000
    expect(Math.abs(logSignal(linearSchedule(steps)) - logSignal(linearSchedule()))).toBeLessThan(0.7);
  });

  it.each([20, 1, 0, -3, 99.5, Number.NaN])(
    "refuses a length at which beta would reach 1, and one that is not a whole number: %d",
    (steps) => {
      expect(() => linearSchedule(steps)).toThrow(`steps ${steps}: wanted a whole number above 20`);
    },
  );
});
