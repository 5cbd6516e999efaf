// One job of a cluster: runs its cells one after the other, and writes what became of each. A signal stops the running
// cell where it can resume; then the job is put back into the queue.

import { availableParallelism } from "node:os";
import { type CellOutcome, type GridCell, type GridTask, startGrid } from "@dit-bench/runner";
import { exitCodes, mayWorkAgain, signalExitCodes } from "@dit-bench/runner/errors";
import { printable } from "@dit-bench/text";
import { print, printNote } from "../../print.ts";
import { listenForSignals, requestedStop } from "../../signals.ts";
import type { JobSide } from "../launchers/launcher.ts";
import { entry } from "../run-cells.ts";
import { watchGrid } from "../watch.ts";
import type { JobPlan, PlannedCell } from "./plan.ts";
import { type CellResult, pathInResult, readCellResult, writeCellResult } from "./results.ts";
import { ownRecord } from "./states.ts";

export interface Job {
  readonly plan: JobPlan;
  readonly cells: readonly PlannedCell[];
  readonly side: JobSide;
  /** CPU threads of a cell's engine; default: all of the machine. */
  readonly threads: number | undefined;
}

/** How the processes of cells are started; tests start none. */
type Starter = Parameters<typeof startGrid>[1];

/** After so many starts in sequence that stopped at the same place, a job is not put back into the queue. */
const stalledLimit = 3;

/**
 * Runs the cells and returns the exit code of the job: 0 if all are finished, the code of the request if one was
 * stopped, else the code of a cell that failed, if possible one that may succeed when it is started again.
 */
export async function runJob(job: Job, starter?: Starter): Promise<number> {
  const { plan, cells, side, threads = availableParallelism() } = job;
  const before = new Map<PlannedCell, CellResult | undefined>();
  const codes: number[] = [];
  const open: PlannedCell[] = [];
  for (const cell of cells) {
    const result = await readCellResult(plan.folder, cell.key);
    before.set(cell, result);
    const record = await ownRecord(plan.folder, cell, result);
    if (record) printNote(`${cell.name}: finished before, FID ${record.metrics!.fid.toFixed(2)}\n`);
    else if (result?.kind === "failed" && result.submission === plan.id && !mayWorkAgain(result.exitCode)) {
      codes.push(result.exitCode);
      printNote(`${cell.name}: not started again, it failed with exit code ${result.exitCode}: ${result.message}\n`);
    } else open.push(cell);
  }

  const plannedOf = new Map<GridCell, PlannedCell>(open.map((planned) => [planned.cell, planned]));
  const places = new Map<GridCell, { stage: string; done: number }>();
  const writes = new WriteQueue();
  const stopped: { cell: PlannedCell; stalled: number }[] = [];
  const ended = (cell: GridCell, outcome: CellOutcome) => {
    const planned = plannedOf.get(cell)!;
    const shared = { name: planned.name, submission: plan.id };
    if (outcome.kind === "finished")
      writes.add(() =>
        writeCellResult(plan.folder, planned.key, {
          ...shared,
          kind: "finished",
          record: pathInResult(plan.folder, outcome.recordPath),
        }),
      );
    else if (isInterruption(outcome)) {
      const place = places.get(cell) ?? { stage: "", done: 0 };
      const stalled = stalledBefore(before.get(planned), place);
      stopped.push({ cell: planned, stalled });
      writes.add(() =>
        writeCellResult(plan.folder, planned.key, { ...shared, kind: "interrupted", ...place, stalled }),
      );
    } else if (outcome.kind === "failed") {
      codes.push(outcome.exitCode);
      const { exitCode, message } = outcome;
      writes.add(() => writeCellResult(plan.folder, planned.key, { ...shared, kind: "failed", exitCode, message }));
    }
  };

  const { watch, note, close } = watchGrid(
    open.map(({ cell }) => cell),
    1,
    (name, lines) => {
      for (const line of lines.trimEnd().split("\n")) print(`${name} | ${printable(line)}\n`);
    },
  );
  const task: GridTask = {
    cells: open.map(({ cell }) => cell),
    command: (cell) => [entry, ...plannedOf.get(cell)!.arguments, "--threads", String(threads)],
    jobs: 1,
    ...(plan.timeLimit === undefined ? {} : { limitMinutes: plan.timeLimit }),
    watch: {
      ...watch,
      started(cell) {
        const { key, name } = plannedOf.get(cell)!;
        writes.add(() => writeCellResult(plan.folder, key, { name, submission: plan.id, kind: "running" }));
        watch.started(cell);
      },
      message(cell, message) {
        if (message.kind === "stage") places.set(cell, { stage: message.name, done: 0 });
        if (message.kind === "progress" && places.has(cell)) places.get(cell)!.done = message.done;
        watch.message(cell, message);
      },
      ended(cell, outcome) {
        ended(cell, outcome);
        watch.ended(cell, outcome);
      },
    },
  };
  const run = startGrid(task, starter);
  // A cluster sends several signals, such as its warning and then SIGTERM, before it kills the job itself. Only a
  // person at a terminal may want to end it before it has reached a safe place.
  listenForSignals(run.stop, run.kill, note, ["SIGINT"]);
  const result = await run.result.finally(close);
  const failedWrite = await writes.ended();
  // First the queue: without it, a full disk would also take the job's next start.
  const code = result.stopped || stopped.length > 0 ? await afterStop(stopped, side) : undefined;
  if (failedWrite !== undefined) throw failedWrite;
  return code ?? codes.find(mayWorkAgain) ?? codes[0] ?? exitCodes.ok;
}

/** Exit codes of a cell that a signal stopped, which a cluster may send to all processes of a job at once. */
const interruptions: ReadonlySet<number> = new Set(Object.values(signalExitCodes));

const isInterruption = (outcome: CellOutcome): boolean =>
  outcome.kind === "stopped" || (outcome.kind === "failed" && interruptions.has(outcome.exitCode));

/** How many starts before this one stopped at this place or later, without a break. */
function stalledBefore(before: CellResult | undefined, { stage, done }: { stage: string; done: number }): number {
  if (before?.kind !== "interrupted") return 0;
  return before.stage === stage && done <= before.done ? before.stalled + 1 : 0;
}

/** Puts the job back into the queue unless its cells do not progress. Returns its exit code. */
async function afterStop(stopped: readonly { cell: PlannedCell; stalled: number }[], side: JobSide): Promise<number> {
  const code = requestedStop() ?? exitCodes.interrupted;
  const stuck = stopped.find(({ stalled }) => stalled >= stalledLimit);
  if (stuck !== undefined) {
    printNote(
      `${stuck.cell.name} stopped at the same place in ${stuck.stalled + 1} starts: the job is not put back into the ` +
        "queue; give its jobs more time, for example --job time=240\n",
    );
    return exitCodes.failure;
  }
  await side.requeue?.(process.env, (line) => printNote(`${line}\n`));
  return code;
}

/** Writes files one after the other. After an error the others are still written, and the other cells still run. */
class WriteQueue {
  #last: Promise<void> = Promise.resolve();
  #error: Error | undefined;

  add(write: () => Promise<void>): void {
    this.#last = this.#last.then(write).catch((error: Error) => {
      this.#error ??= error;
    });
  }

  /** Resolves after the last write, with the first error. */
  async ended(): Promise<Error | undefined> {
    await this.#last;
    return this.#error;
  }
}
