// Which failed runs of a sweep would fail again.

import type { CellOutcome } from "@dit-bench/runner";
import { expect, test } from "vitest";
import { faultOf } from "./advice.ts";

const failed = (exitCode: number, message: string): CellOutcome => ({ kind: "failed", exitCode, message });

test.each([
  [1, "passed its time limit"],
  [74, "the disk is full"],
  [75, "stopped"],
])("a run with exit code %i may work if it is run again", (exitCode, message) => {
  expect(faultOf([failed(5, "diverged"), undefined, failed(exitCode, message)])).toBe(undefined);
});

test.each([
  [2, "lora: the option is refused"],
  [4, "'photos' has 3 images, but a batch has 8; add images"],
])("a run with exit code %i would end so again", (exitCode, message) => {
  expect(faultOf([failed(1, "by SIGKILL"), failed(exitCode, message)])).toBe(message);
});
