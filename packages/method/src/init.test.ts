// Starting values of new weights.

import { describe, expect, it } from "vitest";
import { constant, type Init, kaiming, normal, ones, uniform, zeros } from "./init.ts";

const values = (init: Init, seed = 0, name = "a.b.c") => init.values({ seed, name, base: () => new Float32Array(0) });

describe("constant, zeros and ones", () => {
  it("fill their shape", () => {
    expect(constant(0.5, 2, 3)).toMatchObject({ shape: [2, 3] });
    expect(values(constant(0.5, 2, 3))).toEqual(new Float32Array(6).fill(0.5));
    expect(values(zeros(3))).toEqual(Float32Array.of(0, 0, 0));
    expect(values(ones(2))).toEqual(Float32Array.of(1, 1));
  });
});

describe("normal", () => {
  it("has mean 0 and the standard deviation that was asked for", () => {
    const v = Array.from(values(normal(0.02, 100, 100)));
    const mean = v.reduce((a, b) => a + b, 0) / v.length;
    const deviation = Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length);
    expect(Math.abs(mean)).toBeLessThan(5 * 0.02 * 0.01); // five standard errors over 10,000 values
    expect(deviation).toBeCloseTo(0.02, 3);
  });
});

describe("uniform and kaiming", () => {
  it("lie within their bound and reach close to it on both sides", () => {
    for (const [init, bound] of [
      [uniform(0.3, 1000), 0.3],
      [kaiming(16, 10, 100), 1 / 4],
    ] as const) {
      const v = Array.from(values(init));
      expect(Math.max(...v)).toBeLessThanOrEqual(bound);
      expect(Math.max(...v)).toBeGreaterThan(0.98 * bound);
      expect(Math.min(...v)).toBeLessThan(-0.98 * bound);
    }
  });
});

describe("random starts", () => {
  it.each([
    ["normal", normal(1, 4)],
    ["uniform", uniform(1, 4)],
    ["kaiming", kaiming(4, 4)],
  ])("depend on seed and name, and on nothing else: %s", (_, init) => {
    expect(values(init)).toEqual(values(init));
    expect(values(init, 1)).not.toEqual(values(init));
    expect(values(init, 0, "a.b.d")).not.toEqual(values(init));
  });
});
