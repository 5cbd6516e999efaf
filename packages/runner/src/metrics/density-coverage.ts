// Density and coverage: see docs/metrics.md.

import { densityCoverage as compute, densityNeighbours } from "@dit-bench/metrics";
import { ofPairs } from "./metric.ts";
import { subsample } from "./subsample.ts";

export const densityCoverage = ofPairs({
  names: ["density", "coverage"],
  fewest: densityNeighbours + 1,
  compute({ generated, real, dimension: D }) {
    const { density, coverage } = compute(subsample(generated, D), subsample(real, D), D);
    return { density: { value: density }, coverage: { value: coverage } };
  },
});
