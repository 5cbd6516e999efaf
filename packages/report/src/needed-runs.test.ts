// Compares the number of runs that would separate two methods with R's `power.t.test`.

import { expect, test } from "vitest";
import { mostRuns, neededRuns } from "./needed-runs.ts";
import type { ScoreRow } from "./scores.ts";

/** A row with the given FIDs, one list per dataset. */
function row(...fids: number[][]): ScoreRow {
  const cells = fids.map((values) => ({
    fids: values,
    seeds: values.map((_, seed) => seed),
    diverged: [],
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    deviation: null,
  }));
  return { cells, average: null };
}

test("on one dataset, the number of seeds agrees with R's power.t.test for a paired t test", () => {
  // For differences of mean 1 and standard deviation 1, 1.25 and 2,
  // power.t.test(delta = 1, sd = ..., power = 0.8, type = "paired") gives n = 9.94, 14.30 and 33.37, to be rounded up.
  for (const [deviation, n] of [
    [1, 10],
    [1.25, 15],
    [2, 34],
  ] as const) {
    const step = deviation / Math.SQRT2; // 1 + step and 1 - step have this standard deviation
    const needed = neededRuns(row([1 + step, 1 - step]), row([0, 0]), "seeds")!;
    expect(needed.what).toBe("seeds");
    expect(Math.abs(needed.count - n), `${deviation}: ${needed.count}`).toBeLessThanOrEqual(1);
  }
});

test("a tiny difference and a zero difference need more seeds than the largest reported number", () => {
  expect(neededRuns(row([1, -0.999]), row([0, 0]), "seeds")).toMatchObject({
    what: "seeds",
    count: Number.POSITIVE_INFINITY,
  });
  expect(neededRuns(row([1, 2]), row([1, 2]), "seeds")).toMatchObject({
    what: "seeds",
    count: Number.POSITIVE_INFINITY,
  });
  expect(mostRuns).toBe(100);
});

test("equal differences give no estimate", () => {
  expect(neededRuns(row([1, 2]), row([2, 3]), "seeds")).toBeNull();
});

test("over datasets, more seeds help if the noise of the seeds hides the difference", () => {
  // The method is better by 3 on average; its seeds scatter by 4 to 9 on each dataset.
  const noisy = row([11, 21, 13], [31, 35, 45], [15, 11, 29], [8, 12, 4]);
  const steady = row([16, 16, 16], [43, 43, 43], [20.3, 20.3, 20.3], [11, 11, 11]);
  const needed = neededRuns(noisy, steady, "datasets")!;
  expect(needed.what).toBe("seeds");
  expect(needed.count).toBeGreaterThan(3);
  expect(needed.count).toBeLessThan(100);
});

test("over datasets, more seeds do not help if the datasets disagree", () => {
  const a = row([10, 10.1], [40, 40.1], [20, 20.1], [5, 5.1]);
  const b = row([18, 18.2], [37, 37.1], [24, 24.1], [3, 3.2]);
  const needed = neededRuns(a, b, "datasets")!;
  expect(needed.what).toBe("datasets");
  expect(needed.count).toBeGreaterThan(4);
});

test("a single difference gives no estimate; one seed on several datasets gives the number of datasets only", () => {
  expect(neededRuns(row([1]), row([2]), "seeds")).toBeNull();
  expect(neededRuns(row([1], [3]), row([2], [7]), "datasets")).toMatchObject({
    what: "datasets",
    seedsAreKnown: false,
  });
});
