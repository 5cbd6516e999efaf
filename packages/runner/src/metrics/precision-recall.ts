// Precision and recall: see docs/metrics.md.

import { precisionRecall as compute, defaultNeighbours } from "@dit-bench/metrics";
import { ofPairs } from "./metric.ts";
import { subsample } from "./subsample.ts";

export const precisionRecall = ofPairs({
  names: ["precision", "recall"],
  fewest: defaultNeighbours + 1,
  compute({ generated, real, dimension: D }) {
    const { precision, recall } = compute(subsample(generated, D), subsample(real, D), D);
    return { precision: { value: precision }, recall: { value: recall } };
  },
});
