// One cell, start to end: data, train, sample, score, record.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { linearSchedule } from "@dit-bench/diffusion";
import { type DitConfig, ditModel } from "@dit-bench/dit";
import { replaceFile } from "@dit-bench/files";
import { type Adapted, attach, parseOptions } from "@dit-bench/method";
import { permutation } from "@dit-bench/random";
import { type RunRecord, readRecord, writeRecord } from "@dit-bench/record";
import { baseSamples, forClasses, loadBase } from "./base-model.ts";
import { partsOfBatch } from "./batch-parts.ts";
import { denoisingBatch, type TrainingPictures } from "./batches.ts";
import { cellFolder, identityOf } from "./cell.ts";
import { removeCheckpoint } from "./checkpoint.ts";
import { cannotMake, checkData, checkOut } from "./data-checks.ts";
import { type DatasetChoice, loadDataset } from "./dataset.ts";
import { denoisingStep } from "./denoising.ts";
import { BenchError } from "./errors.ts";
import type { Listener } from "./events.ts";
import { openSpace } from "./latents/space.ts";
import { measuredPictures } from "./measured-pictures.ts";
import { mergedNetwork } from "./merged.ts";
import type { LoadedMethod } from "./methods.ts";
import { requireFiles } from "./plan/needed-files.ts";
import { realFeatures } from "./real-features.ts";
import type { Recipe } from "./recipe.ts";
import { compileRecipeExtractor, readRecipeExtractor } from "./recipe-extractor.ts";
import { recordOf } from "./run-record.ts";
import { sample } from "./sample.ts";
import { score } from "./scoring.ts";
import { generatedOnSheet, runSheet } from "./sheet.ts";
import { stopwatch } from "./stopwatch.ts";
import { Diverged, type Trained, train } from "./train.ts";
import { writeTrained } from "./trained-weights.ts";

export interface RunTask {
  readonly recipe: Recipe;
  readonly method: LoadedMethod;
  /** Options of the method that are not its defaults. */
  readonly options: object;
  readonly dataset: DatasetChoice;
  readonly seed: number;
  readonly engine: Engine;
  /** Folder that holds all runs. */
  readonly out: string;
  readonly listener: Listener;
  /** Makes further pictures in the run's folder, before the record marks it as finished. */
  illustrate?(record: RunRecord, folder: string): Promise<void>;
}

export interface RunOutcome {
  readonly record: RunRecord;
  /** Was it finished before? Then nothing was done. */
  readonly already: boolean;
  readonly folder: string;
  readonly recordPath: string;
  readonly weightsPath: string;
  readonly sheetPath: string;
}

export async function runCell(task: RunTask): Promise<RunOutcome> {
  const { recipe, method, dataset: choice, seed, engine, out, listener } = task;
  const startedAt = new Date();
  const clock = stopwatch();

  parseOptions(method.method, task.options); // a misspelt option is told before anything is read
  checkOut(out);
  await requireFiles(recipe, choice);
  const extractorFile = await readRecipeExtractor(recipe);
  const base = await loadBase(recipe);
  listener.stage?.("data", choice.folder ?? (recipe.settings.miniature ? `miniature of ${choice.name}` : choice.name));
  const space = await openSpace(recipe, { engine, out, listener });
  const data = await loadDataset(choice, recipe, space.side, out, listener);
  const { training, sampling, metrics } = recipe.settings;
  checkData(choice, data.labels.length, training.batch);
  clock.lap("data");

  const { config, values } = forClasses(recipe, base, data.classes.length, seed);
  const adapted = attach(method.method, ditModel(config), task.options);
  const identity = identityOf({
    protocol: recipe.protocol,
    settings: recipe.settings,
    method: method.method.name,
    ...(method.code === undefined ? {} : { methodCode: method.code }),
    learningRate: method.method.learningRate,
    options: adapted.options,
    dataset: data.name,
    fingerprint: data.fingerprint,
    seed,
    base: base.sha256,
    extractor: extractorFile.sha256,
    ...(space.autoencoder === undefined ? {} : { autoencoder: space.autoencoder }),
  });
  const folder = cellFolder(out, recipe, data.name, method.method, adapted.options, seed);
  makeFolder(folder);
  const paths = {
    folder,
    recordPath: join(folder, "record.json"),
    weightsPath: join(folder, "weights.safetensors"),
    sheetPath: join(folder, "sheet.png"),
  };
  const { recordPath, weightsPath } = paths;
  const finished = await finishedRecord(recordPath, weightsPath, identity);
  if (finished) return { record: finished, already: true, ...paths };

  const files = { base: base.sha256, extractor: extractorFile.sha256, autoencoder: space.autoencoder };
  const beginning = { task, adapted, data, startedAt, identity, ...files };
  const checkpoint = { path: join(folder, "checkpoint.safetensors"), identity };
  clock.restart();
  const pictures = await space.training(data);
  clock.lap("latents");
  let trained: Trained;
  try {
    trained = await trainCell(task, adapted, config, values, pictures, checkpoint);
  } catch (error) {
    if (error instanceof Diverged) {
      await writeRecord(recordPath, recordOf(beginning, error.trained, clock, null, null));
      removeCheckpoint(checkpoint.path);
    }
    throw error;
  } finally {
    pictures.close();
  }
  const trainedHash = writeTrained(weightsPath, adapted, trained, { recipe, dataset: data.name, seed, identity });

  const extractor = await compileRecipeExtractor(engine, extractorFile, data.size);
  try {
    clock.restart();
    const drawnBase = await baseSamples(recipe, base, extractor, { engine, out, seed, listener, space });
    clock.lap("base");
    listener.stage?.("sample", `${sampling.images} images`);
    const labels = labelsLike(data.labels, sampling.images, seed);
    const network = mergedNetwork(adapted, config, values, trained.ema);
    const { x } = await sample({ engine, network, settings: sampling, seed, labels, listener });
    clock.lap("sample");
    const shown = generatedOnSheet(labels);
    const generated = await measuredPictures(space, extractor, config, x, shown, listener);
    const real = await realFeatures(data, extractor, { engine: engine.name, out, listener });
    clock.lap("features");
    listener.stage?.("score");
    const scores = score(metrics, extractor, { generated: generated.features, real, base: drawnBase.features }, seed);
    clock.lap("score");

    const record = recordOf(beginning, trained, clock, scores, trainedHash);
    await replaceFile(
      paths.sheetPath,
      await runSheet(record, {
        real: data,
        generated: { pixels: generated.pixels, labels: Int32Array.from(shown, (i) => labels[i]!) },
        base: drawnBase.pixels,
      }),
    );
    await task.illustrate?.(record, folder);
    await writeRecord(recordPath, record); // last: it marks the run as finished
    removeCheckpoint(checkpoint.path);
    return { record, already: false, ...paths };
  } finally {
    await extractor.dispose();
    data.close?.();
  }
}

async function trainCell(
  { recipe, engine, seed, listener, method }: RunTask,
  adapted: Adapted,
  config: DitConfig,
  values: Readonly<Record<string, Float32Array>>,
  pictures: TrainingPictures,
  checkpoint: { path: string; identity: string },
): Promise<Trained> {
  const { steps, batch, emaDecay, labelDropout, learningRateScale, betas, eps, weightDecay } = recipe.settings.training;
  const optimizer = { lr: method.method.learningRate * learningRateScale, betas, eps, weightDecay };
  const settings = { batch, seed, flip: recipe.settings.data.flip, labelDropout, nullClass: config.classes };
  const schedule = linearSchedule();
  return train({
    engine,
    step: denoisingStep(adapted, config, values, batch, {
      optimizer,
      emaDecay,
      parts: engine.adapter === undefined ? partsOfBatch(config, adapted.parameters, batch) : 1,
    }),
    start: adapted.initial(values, seed),
    steps,
    optimizer: () => optimizer,
    batch: (step) => denoisingBatch(pictures, schedule, settings, step),
    checkpoint,
    listener,
  });
}

/** Labels for sampling, in the data's own proportions. */
function labelsLike(labels: Int32Array, n: number, seed: number): Int32Array {
  const order = permutation(seed, "sample labels", 0, labels.length);
  return Int32Array.from({ length: n }, (_, i) => labels[order[i % labels.length]!]!);
}

/** The record of this very cell, if it is finished; an error if it diverged, or if the folder has another cell's. */
async function finishedRecord(path: string, weights: string, identity: string): Promise<RunRecord | undefined> {
  if (!existsSync(path)) return undefined;
  const record = await readRecord(path);
  if (record.identity !== identity)
    throw new BenchError(
      "usage",
      `${path} is the record of another run (its data, settings or weights were others); delete its folder, or choose another --out`,
    );
  if (record.exit === "diverged")
    throw new BenchError(
      "diverged",
      `this run diverged before (${path}); delete its folder to try again, or change its settings`,
    );
  return existsSync(weights) ? record : undefined;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cannotMake(folder, error);
  }
}
