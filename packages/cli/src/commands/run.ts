// `bench run`: runs one cell, or prints its plan with --dry-run.

import { join } from "node:path";
import { replaceFile } from "@dit-bench/files";
import {
  atPrecision,
  BenchError,
  checkBeforehand,
  checkDatasetName,
  type DatasetChoice,
  type GridLink,
  gemmThroughput,
  type Listener,
  type LoadedMethod,
  linkToGrid,
  loadMethods,
  loadRecipe,
  methodNamed,
  ownImages,
  planRun,
  type Recipe,
  type RunOutcome,
  runCell,
} from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import type { RunOptions } from "../declarations/run.ts";
import { divideSettings, withHeldOut } from "../method-settings.ts";
import { checkOutputFolder } from "../outputs.ts";
import { describePlan } from "../plan-text.ts";
import { print, printJson, printNote } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { exitCodeOf } from "../report-error.ts";
import { describeRun, figuresOf } from "../run-summary.ts";
import { listenForSignals, requestStop } from "../signals.ts";
import { startEngine, unusedEngineFlags } from "../start-engine.ts";
import { protocolNote, readRates, type TunedMethod, tuneMethod } from "../sweep/rates.ts";

/** If a grid started this process, the progress and the result or the error are sent to the grid. */
export async function run(options: RunOptions): Promise<void> {
  const link = linkToGrid(requestStop);
  try {
    const cell = await checkOptions(options);
    if (options.dryRun && !link) await printPlan(options, cell);
    else await trainAndScore(options, cell, link);
  } catch (error) {
    const { message } = error as Error;
    await link?.send({ kind: "failed", message, exitCode: exitCodeOf(error as Error) });
    throw error;
  }
  process.exitCode = exitCodes.ok; // a plug-in may have set another exit code
}

/** The recipe, method and dataset that the flags name, loaded, and the settings of the method. */
interface Cell {
  readonly recipe: Recipe;
  readonly method: LoadedMethod;
  readonly settings: Pick<TunedMethod, "options" | "learningRate" | "tuning">;
  readonly dataset: DatasetChoice;
}

async function checkOptions(options: RunOptions): Promise<Cell> {
  const dataset = chooseDataset(options);
  if (options.tensorboard !== undefined) checkOutputFolder(options.tensorboard, "--tensorboard");
  const loaded = await loadMethods(options.plugin);
  const method = methodNamed(options.method, loaded);
  const allMethods = loaded.map((one) => one.method);
  const settings = divideSettings(options.set, [method.method], allMethods);
  const own = settings.methods.get(method.method.name)!;
  if (options.rates !== undefined && options.variant !== undefined)
    throw new BenchError(
      "usage",
      `--variant ${options.variant}: the values of --rates were chosen for the recipe itself; leave one of the two out`,
    );
  const changes = withHeldOut(settings.recipe, options.heldOut);
  const recipe = atPrecision(loadRecipe(options.recipe, changes, options.variant), options.engine);
  if (options.rates === undefined) return { recipe, method, settings: own, dataset };
  const rates = await readRates(options.rates, [options.seed]);
  const tuned = tuneMethod(rates, method.method, recipe, own, allMethods);
  for (const note of [tuned.description, protocolNote(rates, recipe)]) if (note !== undefined) printNote(`${note}\n`);
  return { recipe, method, settings: tuned, dataset };
}

/** Chooses the images of `--data`, or else the dataset of `--dataset`. Throws BenchError (usage) without either. */
function chooseDataset({ dataset, data, name, strict }: RunOptions): DatasetChoice {
  if (data !== undefined) {
    if (dataset !== undefined)
      printNote(`--dataset ${dataset} is not used: the images of --data are a dataset of their own\n`);
    return { ...ownImages(data, name), strict };
  }
  if (dataset === undefined)
    throw new BenchError("usage", "--dataset or --data is needed; 'bench list datasets' lists the datasets");
  if (name !== undefined)
    throw new BenchError("usage", `--name ${name} names own images, but there is no --data; give the folder, too`);
  checkDatasetName(dataset);
  return { name: dataset, strict };
}

async function printPlan(options: RunOptions, { recipe, method, settings, dataset }: Cell): Promise<void> {
  const engine = await startEngine(options, (text) => printNote(`${text}\n`));
  const plan = await planRun(recipe, {
    method: method.method,
    options: settings.options,
    learningRate: settings.learningRate,
    dataset,
    gemmThroughput: await gemmThroughput(engine),
    keepState: options.keepState,
  });
  print(describePlan(plan, engine));
  if (options.json) printJson(plan);
  await checkBeforehand(recipe, [dataset], { out: options.out, decode: true }); // throws what the run would throw
}

const lossFile = "loss.png";

async function trainAndScore(options: RunOptions, cell: Cell, link: GridLink | undefined): Promise<void> {
  const display = showProgress(stderrTerminal(), listenForSignals());
  const listener = link ? reportToBoth(display, link.listener) : display;
  const engine = await startEngine(options, (text) => listener.note?.(text));
  try {
    const outcome = await runCell({
      recipe: cell.recipe,
      method: cell.method,
      options: cell.settings.options,
      learningRate: cell.settings.learningRate,
      tuning: cell.settings.tuning,
      dataset: cell.dataset,
      seed: options.seed,
      engine,
      out: options.out,
      listener,
      keepState: options.keepState,
      tensorboard: options.tensorboard,
      illustrations: [lossFile],
      illustrate: async (record, folder) => {
        const { lossCurve } = await import("@dit-bench/report");
        await replaceFile(join(folder, lossFile), await lossCurve(record, "png"));
      },
    });
    display.clear();
    if (outcome.already && options.tensorboard !== undefined)
      printNote(
        "--tensorboard writes nothing about a run that was finished before; its metrics.jsonl has the curves\n",
      );
    // A grid divides the threads among its cells; they are not the user's choice.
    printOutcome(outcome, link ? { ...options, threads: undefined } : options);
    await link?.send({ kind: "finished", recordPath: outcome.recordPath, already: outcome.already });
  } finally {
    display.clear();
  }
}

function printOutcome({ record, already, remade, folder, ...paths }: RunOutcome, options: RunOptions): void {
  if (already) {
    const what = remade.length === 0 ? "nothing was done" : `made again: ${remade.join(", ")}`;
    const { engine, finishedAt, machine } = record;
    printNote(`this run was finished before, on ${finishedAt.slice(0, 10)} by the engine ${engine.name}; ${what}\n`);
    const unused = unusedEngineFlags(options, { ...engine, gpu: machine.gpu });
    if (unused !== undefined) printNote(`${unused}\n`);
  }
  const files = {
    record: paths.recordPath,
    weights: paths.weightsPath,
    sheet: paths.sheetPath,
    loss: join(folder, lossFile),
  };
  print(describeRun(record, files));
  if (options.json) printJson({ ...figuresOf(record, files), ...files, already, remade });
}

/** Returns a listener that reports stages and progress to the display and to the grid. */
const reportToBoth = (display: Listener, grid: GridLink["listener"]): Listener => ({
  ...display,
  stage(name, detail) {
    display.stage?.(name, detail);
    grid.stage?.(name, detail);
  },
  progress(done, total, note) {
    display.progress?.(done, total, note);
    grid.progress?.(done, total, note);
  },
});
