import { describe, expect, it } from "vitest";
import { median, pairRatios, spread } from "./statistics.mjs";

const measured = (who, wall_ms, cpu_ms = 0) => ({ who, wall_ms, cpu_ms });

describe("median", () => {
  it("is the middle value, or the mean of the middle two", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 3])).toBe(4);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("pairs", () => {
  const chain = [
    measured("ours", [10, 12, 500], 30), // one step of a hundred was held up: the median does not see it
    measured("pytorch", [22, 22], 60),
    measured("ours", [32, 32], 80),
    measured("square product", [6], 6),
    measured("pytorch", [64], 80),
  ];

  it("hold each measurement of a rival against the mean of ours before and after it", () => {
    expect(pairRatios(chain.slice(0, 3), "pytorch", "wall")).toEqual([22 / 22]);
    expect(pairRatios(chain.slice(0, 3), "pytorch", "cpu")).toEqual([30 / 25]);
  });

  it("take one neighbour where the other is not ours, and none where neither is", () => {
    expect(pairRatios(chain, "square product", "wall")).toEqual([6 / 32]);
    expect(pairRatios(chain, "pytorch", "wall")).toEqual([1]);
  });

  it("scale the rival's time to our work", () => {
    expect(pairRatios(chain, "square product", "wall", 4)).toEqual([24 / 32]);
  });

  it("do not change when the machine slows down steadily", () => {
    const slowing = [10, 22, 12, 26, 14].map((ms, i) => measured(i % 2 ? "pytorch" : "ours", [ms]));
    expect(pairRatios(slowing, "pytorch", "wall")).toEqual([2, 2]);
  });
});

describe("spread", () => {
  it("is the median with the least and the largest, and null of nothing", () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, count: 3 });
    expect(spread([])).toBeNull();
  });
});
