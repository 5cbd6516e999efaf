// The states of cells, from files that jobs wrote, and the exit code of a list of states.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlannedCell } from "./plan.ts";
import { printStates } from "./print-states.ts";
import { type CellStatus, type LiveJob, statesOf } from "./states.ts";

const cell: PlannedCell = {
  key: "0123456789abcdef",
  name: "sun bitfit seed 0",
  cell: { method: "bitfit", dataset: { name: "sun" }, seed: 0 },
  arguments: ["run"],
};
const job: LiveJob = { name: "7_0", submission: "01234567", index: 0, isRunning: true, note: "" };

describe("statesOf", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dit-bench-states-"));
    mkdirSync(join(folder, "jobs", "cells"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (text: string) => writeFileSync(join(folder, "jobs", "cells", `${cell.key}.json`), text);
  const states = (jobOf: Parameters<typeof statesOf>[2] = () => undefined) => statesOf(folder, [cell], jobOf);

  it("takes a file that is missing or damaged for none", async () => {
    for (const text of [undefined, "", "{", '{"schema":1}', `${"[".repeat(1e5)}${"]".repeat(1e5)}`]) {
      if (text !== undefined) write(text);
      expect(await states()).toMatchObject([{ state: "not submitted" }]);
    }
  });

  it("fails where the disk fails: a cell that is finished must not seem to be missing", async () => {
    rmSync(join(folder, "jobs", "cells"), { recursive: true });
    writeFileSync(join(folder, "jobs", "cells"), "");
    await expect(states()).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it("takes a run without an end for lost if it has no job, and for running if the queue is unknown", async () => {
    const result = { schema: 1, name: cell.name, submission: job.submission, host: "node7", at: "noon" };
    write(JSON.stringify({ ...result, kind: "running" }));
    expect(await states()).toMatchObject([{ state: "lost" }]);
    expect(await states(() => job)).toMatchObject([{ state: "running", job: "7_0", detail: "job 7_0 on node7" }]);
    expect(await statesOf(folder, [cell], undefined)).toEqual([
      { cell, state: "running", detail: "on node7, since noon" },
    ]);
  });
});

describe("printStates", () => {
  afterEach(() => vi.restoreAllMocks());
  const codeOf = (...statuses: Pick<CellStatus, "state" | "job">[]) => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    return printStates(
      statuses.map((status) => ({ cell, detail: "", ...status })),
      false,
    );
  };

  it("returns 3 for cells that no job will run again", () => {
    for (const state of ["failed", "lost", "interrupted"] as const) {
      expect(codeOf({ state: "finished" }, { state })).toBe(3);
      expect(codeOf({ state: "finished" }, { state, job: "7_0" })).toBe(0);
    }
    for (const state of ["finished", "running", "not submitted"] as const) expect(codeOf({ state })).toBe(0);
  });
});
