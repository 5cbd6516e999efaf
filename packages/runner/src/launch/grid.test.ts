// A grid whose processes are fakes: each test decides how the cells end.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRecords, type RunRecord, writeRecord } from "@dit-bench/record";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type GridTask, startGrid } from "./grid.ts";
import type { GridCell } from "./grid-cell.ts";
import type { CellOutcome } from "./judge.ts";
import { asCellMessage } from "./messages.ts";
import type { CellEnd, JobObserver, ProcessStarter } from "./process-starter.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-grid-"));
afterAll(() => rmSync(place, { recursive: true }));
const recordPath = join(place, "record.json");
let record: RunRecord;
beforeAll(async () => {
  const { records } = await findRecords(
    fileURLToPath(new URL("../../../../results/mini/records/flowers", import.meta.url)),
  );
  record = records[0]!.record;
  await writeRecord(recordPath, record);
});

interface Fake {
  readonly observer: JobObserver;
  readonly calls: string[];
  end(end: Partial<CellEnd>): Promise<void>;
}

/** A starter that starts nothing, and the jobs that it was given. */
function fakes(): { starter: ProcessStarter; started: Fake[] } {
  const started: Fake[] = [];
  const starter: ProcessStarter = {
    submit(_, observer) {
      const calls: string[] = [];
      let resolve: (end: CellEnd) => void = () => {};
      const ended = new Promise<CellEnd>((r) => {
        resolve = r;
      });
      started.push({
        observer,
        calls,
        end: async (end) => {
          resolve({ code: null, signal: null, ...end });
          await new Promise((done) => setImmediate(done));
        },
      });
      return { ended, stop: (code) => void calls.push(`stop ${code}`), kill: () => void calls.push("kill") };
    },
  };
  return { starter, started };
}

const cell = (): GridCell => ({ method: record.cell.method, dataset: { name: "flowers" }, seed: record.cell.seed });

function grid(cells: readonly GridCell[], options: Partial<GridTask> = {}) {
  const { starter, started } = fakes();
  const outcomes: CellOutcome[] = [];
  const printed: string[] = [];
  const task: GridTask = {
    cells,
    command: () => [],
    jobs: 1,
    watch: {
      started: () => {},
      message: () => {},
      output: (_, lines) => void printed.push(lines),
      ended: (_, outcome) => void outcomes.push(outcome),
    },
    ...options,
  };
  const run = startGrid(task, starter);
  return { run, started, outcomes, printed };
}

describe("a cell of startGrid", () => {
  const outcomeOf = async (act: (fake: Fake) => Promise<void>, of: GridCell = cell()) => {
    const { run, started, outcomes } = grid([of]);
    await act(started[0]!);
    await run.result;
    return outcomes[0]!;
  };
  const finished = (path = recordPath) => ({ kind: "finished", recordPath: path, already: false }) as const;

  it("is finished when its record says so, whatever it printed", async () => {
    const outcome = await outcomeOf(async ({ observer, end }) => {
      observer.message(finished());
      observer.output("null\n{}", "stdout");
      await end({ code: 0 });
    });
    expect(outcome).toMatchObject({ kind: "finished", record, already: false });
  });

  it("is finished, with a note, when it has a record and an exit code other than 0", async () => {
    const outcome = await outcomeOf(async ({ observer, end }) => {
      observer.message(finished());
      await end({ code: 7 });
    });
    expect(outcome).toMatchObject({ kind: "finished", note: "ended with exit code 7 after its record was written" });
  });

  it("is failed without a record, even with exit code 0", async () => {
    expect(await outcomeOf(({ end }) => end({ code: 0 }))).toEqual({
      kind: "failed",
      exitCode: 1,
      message: "ended without a record (exit code 0): does the plug-in call process.exit?",
    });
  });

  it.each([
    ["another seed", () => ({ ...cell(), seed: 99 })],
    ["another method", () => ({ ...cell(), method: "other" })],
    ["another dataset", () => ({ ...cell(), dataset: { name: "cars" } })],
    ["own images", () => ({ ...cell(), dataset: { name: "flowers", folder: "x" } })],
  ])("is failed when it reports the record of %s", async (_, of) => {
    const act = async ({ observer, end }: Fake) => {
      observer.message(finished());
      await end({ code: 0 });
    };
    expect(await outcomeOf(act, of())).toMatchObject({
      kind: "failed",
      message: expect.stringContaining("not the record"),
    });
  });

  it("is failed when its record cannot be read", async () => {
    const outcome = await outcomeOf(async ({ observer, end }) => {
      observer.message(finished(join(place, "nowhere.json")));
      await end({ code: 0 });
    });
    expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("its record cannot be read") });
  });

  it("is failed after SIGKILL, and the message mentions memory", async () => {
    expect(await outcomeOf(({ end }) => end({ signal: "SIGKILL" }))).toMatchObject({
      message: expect.stringMatching(/ended by SIGKILL; .*memory/),
    });
  });

  it("fails with the error that it sent, else with the last error that it printed", async () => {
    const sent = await outcomeOf(async ({ observer, end }) => {
      observer.message({ kind: "failed", message: "too few images", exitCode: 4 });
      await end({ code: 4 });
    });
    expect(sent).toEqual({ kind: "failed", exitCode: 4, message: "too few images" });
    const printed = await outcomeOf(async ({ observer, end }) => {
      observer.output("bench: error: no memory\nsome more", "stderr");
      observer.output("goodbye\n", "stdout");
      await end({ code: 1 });
    });
    expect(printed).toMatchObject({ message: "no memory" });
    const other = await outcomeOf(async ({ observer, end }) => {
      observer.output("one\ntwo\n", "stderr");
      await end({ code: 1 });
    });
    expect(other).toMatchObject({ message: "two" });
  });
});

describe("startGrid", () => {
  it("runs as many cells at a time as it has jobs, and continues after a cell that failed", async () => {
    const { run, started, outcomes } = grid([cell(), cell(), cell()], { jobs: 2 });
    expect(started).toHaveLength(2);
    await started[0]!.end({ code: 1 });
    expect(started).toHaveLength(3);
    await started[1]!.end({ code: 1 });
    await started[2]!.end({ code: 1 });
    expect((await run.result).failed).toHaveLength(3);
    expect(outcomes).toHaveLength(3);
  });

  it("passes a request to stop on to running cells, and starts no further ones", async () => {
    const { run, started, outcomes } = grid([cell(), cell()]);
    run.stop(143);
    expect(started[0]!.calls).toEqual(["stop 143"]);
    await started[0]!.end({ code: 143 });
    expect(await run.result).toEqual({ failed: [], stopped: true });
    expect(outcomes).toEqual([{ kind: "stopped" }]);
    expect(started).toHaveLength(1);
  });

  it("passes on what cells print in whole lines of each stream", async () => {
    const { run, started, printed } = grid([cell()]);
    const { observer, end } = started[0]!;
    observer.output("a", "stderr");
    observer.output("x\n", "stdout");
    observer.output("b\nc", "stderr");
    await end({ code: 1 });
    await run.result;
    expect(printed).toEqual(["x\n", "ab\n", "c\n"]);
  });

  describe("with a time limit", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
    afterEach(() => void vi.useRealTimers());

    it("asks a cell that exceeds the limit to stop, then ends it, and continues with the next", async () => {
      const { run, started, outcomes } = grid([cell(), cell()], { limitMinutes: 2 });
      vi.advanceTimersByTime(120_000);
      expect(started[0]!.calls).toEqual(["stop 143"]);
      vi.advanceTimersByTime(10_000);
      expect(started[0]!.calls).toEqual(["stop 143", "kill"]);
      await started[0]!.end({ signal: "SIGKILL" });
      expect(outcomes[0]).toMatchObject({
        kind: "failed",
        message: expect.stringContaining("passed its time limit of 2 min"),
      });
      await started[1]!.end({ code: 1 });
      vi.advanceTimersByTime(1e7);
      expect(started[1]!.calls).toEqual([]);
      await run.result;
    });

    it("sets no timer for a limit that is longer than timers can be", async () => {
      const { run, started } = grid([cell()], { limitMinutes: 1e6 });
      vi.advanceTimersByTime(1e6);
      expect(started[0]!.calls).toEqual([]);
      await started[0]!.end({ code: 1 });
      await run.result;
    });
  });
});

it.each([
  null,
  undefined,
  5,
  "finished",
  {},
  { kind: "finished" },
  { kind: "finished", recordPath: 1, already: true },
  { kind: "progress", done: "1", total: 2 },
])("asCellMessage rejects %j, which a plug-in may send", (sent) => {
  expect(asCellMessage(sent)).toBeUndefined();
});
