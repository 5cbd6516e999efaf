// Precision and recall: see docs/metrics.md.

import { precisionRecall as compute, defaultNeighbours } from "@dit-bench/metrics";
import { ofNeighbours } from "./metric.ts";

export const precisionRecall = ofNeighbours({ names: ["precision", "recall"], neighbours: defaultNeighbours, compute });
