// What this process has spent on a cell so far, and other processes on samples that it did not make.

import type { Costs } from "../training/costs.ts";
import type { RunStart } from "./stages/read-inputs.ts";

export const spentOn = ({ startedAt, clock }: RunStart): Costs => ({
  seconds: { ...clock.laps, total: (Date.now() - startedAt.getTime()) / 1e3 + clock.ofOthers },
  peakBytes: process.resourceUsage().maxRSS * 1024,
});
