// What this process has spent on a cell so far, and earlier processes on the samples that it continued with.

import type { Costs } from "../training/costs.ts";
import type { RunStart } from "./stages/read-inputs.ts";

export const spentOn = ({ startedAt, clock }: RunStart): Costs => ({
  seconds: { ...clock.laps, total: (Date.now() - startedAt.getTime()) / 1e3 + clock.earlier },
  peakBytes: process.resourceUsage().maxRSS * 1024,
});
