// One cell, from its inputs to its record. Each stage is a file in stages/.

import { NotFiniteSamples } from "../errors.ts";
import { withMemoryAdvice } from "../out-of-memory.ts";
import { atPrecision } from "../recipe/recipe.ts";
import { withLock } from "../storage/with-lock.ts";
import { noteKeptState } from "../training/kept-state.ts";
import { helpCell } from "./help-cell.ts";
import type { RunOutcome, RunTask } from "./run-task.ts";
import { checkMerge } from "./stages/check-merge.ts";
import { clearUnfinished, findFinished } from "./stages/find-finished.ts";
import { type PreparedCell, prepareCell } from "./stages/prepare.ts";
import { readInputs } from "./stages/read-inputs.ts";
import { sampleAndScore } from "./stages/sample-and-score.ts";
import { trainCell } from "./stages/train.ts";
import { recordDivergence, restoreRun, writeResults, writeWeights } from "./stages/write.ts";
import { stopwatch } from "./stopwatch.ts";

/**
 * Runs a cell, or does nothing if it is finished. Missing or damaged files of a finished run are made again. Throws
 * BenchError, MethodError, Diverged and Interrupted.
 */
export async function runCell(given: RunTask): Promise<RunOutcome> {
  const task = { ...given, recipe: atPrecision(given.recipe, given.engine.name) };
  try {
    const inputs = await readInputs(task, { startedAt: new Date(), clock: stopwatch() });
    try {
      const cell = prepareCell(inputs);
      const outcome =
        (await findFinished(cell)) ??
        (await withLock(cell.files.lockPath, "runs this cell", task.listener, () => runStages(cell), helpCell(cell)));
      if (outcome.already) noteKeptState(cell.files.statePath, task.keepState, task.listener);
      return outcome;
    } finally {
      inputs.data.close?.();
    }
  } catch (error) {
    throw withMemoryAdvice(error, memoryAdvice(task));
  }
}

/** The work of the one process that holds the cell's lock. */
async function runStages(cell: PreparedCell): Promise<RunOutcome> {
  const { outcome, damaged } = await clearUnfinished(cell);
  if (outcome) return outcome;
  const trained = await trainCell(cell);
  await checkMerge({ ...cell, engine: cell.task.engine, base: cell.values, trained: trained.ema });
  const weights = writeWeights(cell, trained);
  if (damaged?.record.weights.trained === weights.sha256) return restoreRun(cell, damaged);
  const scored = await sampleAndScore(cell, trained.ema, weights.sha256).catch(async (error: Error) => {
    throw error instanceof NotFiniteSamples ? await recordDivergence(cell, trained, weights, error) : error;
  });
  return writeResults(cell, trained, weights, scored);
}

const memoryAdvice = ({ recipe: { settings } }: RunTask): string =>
  `take smaller batches (--set training.batch=${settings.training.batch} and ` +
  `--set sampling.batch=${settings.sampling.batch} now), or another machine; --dry-run estimates what a run needs`;
