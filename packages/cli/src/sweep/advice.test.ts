// The advice of a sweep without a choice: the same command is advised only where it may work.

import type { Sweep } from "@dit-bench/record";
import type { CellOutcome } from "@dit-bench/runner";
import { expect, test } from "vitest";
import { adviceFor } from "./advice.ts";

const sweepOf = (...exits: readonly Sweep["methods"][number]["values"][number]["runs"][number]["exit"][]) =>
  ({ methods: [{ values: exits.map((exit) => ({ runs: [{ exit }] })) }] }) as unknown as Sweep;
const failed = (exitCode: number, message: string): CellOutcome => ({ kind: "failed", exitCode, message });

test.each([
  [1, "passed its time limit"],
  [74, "the disk is full"],
  [75, "stopped"],
])("after a run with exit code %i it is to run the same command again", (exitCode, message) => {
  expect(adviceFor(sweepOf("missing", "diverged"), [failed(5, "diverged"), failed(exitCode, message)])).toMatch(
    /^run the same command again/,
  );
});

test.each([
  [2, "lora: the option is refused"],
  [4, "'photos' has 3 images, but a batch has 8; add images"],
])("after a run with exit code %i, which would end so again, it is its message", (exitCode, message) => {
  const advice = adviceFor(sweepOf("missing", "missing"), [failed(1, "by SIGKILL"), failed(exitCode, message)]);
  expect(advice).toBe(`the same command would fail again, because of this: ${message}`);
});

test("where all values diverged it is to give lower ones", () => {
  expect(adviceFor(sweepOf("diverged", "diverged"), [failed(5, "diverged")])).toContain("give lower values");
});
