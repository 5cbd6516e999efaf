// Density and coverage: see docs/metrics.md.

import { densityCoverage as compute, densityNeighbours } from "@dit-bench/metrics";
import { ofNeighbours } from "./metric.ts";

export const densityCoverage = ofNeighbours({ names: ["density", "coverage"], neighbours: densityNeighbours, compute });
