// Tests medians, ratios of pairs and spreads of measurements.

import { describe, expect, it } from "vitest";
import { median, pairRatios, spread } from "./statistics.mjs";

/**
 * @param {string} who
 * @param {number[]} wall_ms
 * @param {number} [cpu_ms]
 */
const measurement = (who, wall_ms, cpu_ms = 0) => ({ who, wall_ms, cpu_ms });

describe("median", () => {
  it("returns the middle value or the mean of the two middle values, and rejects an empty list", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 3])).toBe(4);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("pairRatios", () => {
  const chain = [
    measurement("cpu", [10, 12, 500], 30), // the median ignores one delayed step
    measurement("pytorch", [22, 22], 60),
    measurement("cpu", [32, 32], 80),
    measurement("square GEMM", [6], 6),
    measurement("pytorch", [64], 80),
  ];
  const compared = { engines: ["cpu"], engine: "cpu", baseline: "pytorch", clock: /** @type {const} */ ("wall") };

  it("divides each measurement of a baseline by the mean of ours before and after it", () => {
    expect(pairRatios(chain.slice(0, 3), compared)).toEqual([22 / 22]);
    expect(pairRatios(chain.slice(0, 3), { ...compared, clock: "cpu" })).toEqual([30 / 25]);
  });

  it("uses one neighbour where the other is not ours", () => {
    expect(pairRatios(chain, { ...compared, baseline: "square GEMM" })).toEqual([6 / 32]);
    expect(pairRatios(chain, compared)).toEqual([1]);
  });

  it("scales the baseline's time to our work", () => {
    expect(pairRatios(chain, { ...compared, baseline: "square GEMM", scale: 4 })).toEqual([24 / 32]);
  });

  it("gives the same ratios on a machine that slows down steadily, for each of several engines", () => {
    const order = ["cpu", "openvino", "pytorch", "openvino", "cpu", "pytorch", "cpu", "openvino"];
    const slowing = order.map((who, i) => measurement(who, [(who === "pytorch" ? 2 : 1) * (10 + i)]));
    const engines = ["cpu", "openvino"];
    for (const engine of engines) expect(pairRatios(slowing, { ...compared, engines, engine })).toEqual([2, 2]);
  });

  it("does not look for an engine beyond another baseline", () => {
    const engines = ["cpu", "openvino"];
    const apart = ["openvino", "full", "cpu", "pytorch", "cpu"].map((who) => measurement(who, [1]));
    expect(pairRatios(apart, { ...compared, engines, engine: "openvino" })).toEqual([]);
  });
});

describe("spread", () => {
  it("returns the median, the smallest and the largest value, and null for an empty list", () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, count: 3 });
    expect(spread([])).toBeNull();
  });
});
