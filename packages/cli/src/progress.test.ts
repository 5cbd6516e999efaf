// The progress line on each kind of stderr: redrawn in place, or printed as new lines.

import { expect, it } from "vitest";
import { showProgress, stderrTerminal } from "./progress.ts";

it.each([
  [true, "xterm-256color", true],
  [true, undefined, true],
  [true, "dumb", false],
  [false, "xterm", false],
  [undefined, undefined, false],
])("for stderr with isTTY %s and TERM %s, redraws its line: %s", (isTTY, term, redrawn) => {
  const terminal = stderrTerminal(isTTY as boolean, term);
  expect(terminal.isTTY).toBe(redrawn);
  let written = "";
  let now = 0;
  const screen = {
    ...terminal,
    write: (text: string) => {
      written += text;
    },
    now: () => {
      now += 60_000;
      return now;
    },
  };
  const listener = showProgress(screen, () => false);
  listener.stage?.("train");
  listener.progress?.(1, 2);
  listener.clear();
  expect(written.includes("\x1b")).toBe(redrawn);
});
