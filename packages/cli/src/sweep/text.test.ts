// What a sweep prints about a method for which nothing is chosen.

import type { Sweep, SweepRun } from "@dit-bench/record";
import { expect, it } from "vitest";
import { chooseValues } from "./choose.ts";
import { type Faults, formatSweep } from "./text.ts";

/** A sweep of bitfit with two rates. */
function sweepOf(exit: SweepRun["exit"]): Sweep {
  const run: SweepRun = { dataset: "sun", exit, identity: null, fid: null, heldOutFid: null };
  const values = [0.01, 0.02].map((value) => ({ value, runs: [run] }));
  const bitfit = { method: "bitfit", label: "BitFit", option: "training.learningRate", options: {}, default: 0.01 };
  const datasets = [{ name: "sun", title: "SUN397" }];
  return chooseValues({ recipe: "tiny", protocol: "tiny/1", seed: 1000, datasets }, [{ ...bitfit, values }]);
}

it.each<[string, SweepRun["exit"], Faults | undefined, string]>([
  [
    "runs are missing",
    "missing",
    undefined,
    "because 2 of 2 runs are missing. To choose one, run the same sweep again: it runs those that are missing",
  ],
  [
    "runs fail each time",
    "missing",
    new Map([["bitfit", "no luck"]]),
    "because 2 of 2 runs are missing. To choose one, fix this first, since the same sweep would fail again: no luck",
  ],
  [
    "every value diverged",
    "diverged",
    undefined,
    "because every value diverged. To choose one, sweep it again with lower values: --values bitfit.learningRate=…",
  ],
])("tells what to do if nothing is chosen because %s", (_, exit, faults, text) => {
  const printed = formatSweep(sweepOf(exit), faults, 80).replaceAll(/\s+/g, " ");
  expect(printed).toContain(`BitFit: nothing is chosen, ${text}`);
});
