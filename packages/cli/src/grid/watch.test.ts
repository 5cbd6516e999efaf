// What a grid shows about the events of its cells.

import type { CellOutcome, GridCell } from "@dit-bench/runner";
import { expect, it, vi } from "vitest";
import type { Terminal } from "../progress.ts";
import { watchGrid } from "./watch.ts";

const cellOf = (seed: number): GridCell => ({ method: "lora", dataset: { name: "flowers" }, seed });
const cells = [cellOf(0), cellOf(1)];

/** A grid of two cells on a screen. @param note what the log returns */
function watchOnScreen(note?: string) {
  let written = "";
  const terminal: Terminal = {
    write: (text) => {
      written += text;
    },
    ...{ isTTY: true, columns: 80, rows: 24, now: () => performance.now() },
  };
  const grid = watchGrid(cells, 1, () => note, terminal);
  return {
    ...grid,
    /** What is written while `work` is done. */
    writtenBy(work: () => void): string {
      written = "";
      work();
      return written;
    },
  };
}

it("shows a note of the log above the table, not in the middle of it", () => {
  const stderr = vi.spyOn(process.stderr, "write");
  const note = "grid.log cannot be written any more";
  const { watch, writtenBy, close } = watchOnScreen(note);
  watch.started(cells[0]!);
  const lines = writtenBy(() => watch.output(cells[0]!, "text\n")).split("\n");
  expect(stderr).not.toHaveBeenCalled();
  const index = lines.findIndex((line) => line.endsWith(note));
  expect(lines[index + 1]).toMatch(/cell +state/);
  close();
});

it.each([
  ["a whole run", { resumes: 0 }, ["train", "sample"], true],
  ["a resumed run", { resumes: 1 }, ["train", "sample"], false],
  ["a run whose checkpoint was complete, which only samples", { resumes: 0 }, ["sample"], false],
  ["a run that continued a shorter one", { resumes: 0, continuedFrom: { steps: 1, identity: "" } }, ["train"], false],
])("estimates other cells from the times of %s, %j, stages %j: %s", (_, training, stages, isUsed) => {
  const { watch, writtenBy, close } = watchOnScreen();
  const record = { metrics: { fid: 1, baseFid: 2 }, training };
  watch.started(cells[0]!);
  for (const name of stages) watch.message(cells[0]!, { kind: "stage", name });
  const shown = writtenBy(() =>
    watch.ended(cells[0]!, { kind: "finished", already: false, record } as unknown as CellOutcome),
  );
  expect(/1 waiting, about .* left/.test(shown)).toBe(isUsed);
  close();
});
