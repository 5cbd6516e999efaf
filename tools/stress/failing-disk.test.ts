// Tests a small run on a disk that fails, and after power failures. tools/stress/failing-disk.mjs tries all of them.

import { expect, it } from "vitest";
import { tryFailures } from "./failing-disk.mjs";

it("loses nothing when a change of a file or the power fails", { timeout: 300_000 }, async () => {
  const trials = await tryFailures({ every: 12, power: 16 });
  expect(trials.filter(({ isLoss }) => isLoss)).toEqual([]);
  const outcomes = new Set(trials.map(({ outcome }) => outcome));
  expect([...outcomes].sort()).toEqual(["finished", "refused", "same result"]);
});
