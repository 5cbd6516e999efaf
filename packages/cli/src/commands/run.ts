// bench run: one cell.

import { join } from "node:path";
import { replaceFile } from "@dit-bench/files";
import {
  BenchError,
  checkBeforehand,
  checkDatasetName,
  type DatasetChoice,
  type GridLink,
  type Listener,
  linkToGrid,
  loadMethods,
  loadRecipe,
  methodNamed,
  ownImages,
  planRun,
  productRate,
  runCell,
} from "@dit-bench/runner";
import type { RunOptions } from "../declarations/run.ts";
import { divideSettings } from "../method-settings.ts";
import { describePlan } from "../plan-text.ts";
import { print, printJson, printNote } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { exitCodeOf } from "../report-error.ts";
import { figuresOf, summary } from "../run-summary.ts";
import { engineOf } from "../settings.ts";
import { listenForSignals, requestStop } from "../signals.ts";

/** As a user starts it, or as a grid does, which then hears of its progress and its end. */
export async function run(options: RunOptions): Promise<void> {
  const link = linkToGrid(requestStop);
  try {
    await runOne(options, link);
  } catch (error) {
    const { message } = error as Error;
    await link?.send({ kind: "failed", message, exitCode: exitCodeOf(error as Error) });
    throw error;
  }
  process.exitCode = 0; // a plug-in may have set another
}

async function runOne(options: RunOptions, link: GridLink | undefined): Promise<void> {
  const dataset = chosenData(options);
  const loaded = await loadMethods(options.plugin);
  const method = methodNamed(options.method, loaded);
  const settings = divideSettings(
    options.set,
    [method.method],
    loaded.map((one) => one.method),
  );
  const recipe = loadRecipe(options.recipe, settings.recipe);
  const methodOptions = settings.methods.get(method.method.name)!.options;
  const shown = progress(stderrTerminal(), listenForSignals());
  const listener = link ? both(shown, link) : shown;
  if (options.dryRun && !link) return dryRun(options, { recipe, method: method.method, methodOptions, dataset });
  const engine = await engineOf(options, (text) => listener.note?.(text));
  try {
    const outcome = await runCell({
      recipe,
      method,
      options: methodOptions,
      dataset,
      seed: options.seed,
      engine,
      out: options.out,
      listener,
      keepState: options.keepState,
      illustrations: ["loss.png"],
      illustrate: async (record, folder) => {
        const { lossCurve } = await import("@dit-bench/report");
        await replaceFile(join(folder, "loss.png"), await lossCurve(record, "png"));
      },
    });
    shown.clear();
    const { record, already, remade, recordPath } = outcome;
    if (already) {
      const done = remade.length === 0 ? "nothing was done" : `made again: ${remade.join(", ")}`;
      printNote(`this run was finished before, on ${record.finishedAt.slice(0, 10)}; ${done}\n`);
    }
    const files = {
      record: recordPath,
      weights: outcome.weightsPath,
      sheet: outcome.sheetPath,
      loss: join(outcome.folder, "loss.png"),
    };
    print(summary(record, files));
    if (options.json) printJson({ ...figuresOf(record, files), ...files, already, remade });
    await link?.send({ kind: "finished", recordPath, already });
  } finally {
    shown.clear();
  }
}

/** `--data` or `--dataset`; where both are given, `--data` is taken. */
function chosenData({ dataset, data, name, strict }: RunOptions): DatasetChoice {
  if (data === undefined && dataset === undefined)
    throw new BenchError("usage", "--dataset or --data is needed; 'bench list datasets' lists the datasets");
  if (data === undefined) {
    if (name !== undefined)
      throw new BenchError("usage", `--name ${name} names own images, but there is no --data; give the folder, too`);
    checkDatasetName(dataset!);
    return { name: dataset!, strict };
  }
  if (dataset !== undefined)
    printNote(`--dataset ${dataset} is not used: the images of --data are a dataset of their own\n`);
  return { ...ownImages(data, name), strict };
}

async function dryRun(
  options: RunOptions,
  run: {
    recipe: ReturnType<typeof loadRecipe>;
    method: Parameters<typeof planRun>[1]["method"];
    methodOptions: object;
    dataset: DatasetChoice;
  },
): Promise<void> {
  const { recipe, method, methodOptions, dataset } = run;
  const engine = await engineOf(options, (text) => printNote(`${text}\n`));
  const rate = await productRate(engine);
  const { keepState } = options;
  const plan = await planRun(recipe, { method, options: methodOptions, dataset, productRate: rate, keepState });
  print(describePlan(plan, engine));
  if (options.json) printJson(plan);
  await checkBeforehand(recipe, [dataset], { out: options.out, decode: true });
}

/** Progress goes to the log, too. */
function both(shown: Listener, { listener }: GridLink): Listener {
  return {
    ...shown,
    stage(name, detail) {
      shown.stage?.(name, detail);
      listener.stage?.(name, detail);
    },
    progress(done, total, note) {
      shown.progress?.(done, total, note);
      listener.progress?.(done, total, note);
    },
  };
}
