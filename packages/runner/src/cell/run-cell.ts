// One cell, start to end: data, train, sample, score, record.

import { existsSync } from "node:fs";
import type { Engine } from "@dit-bench/compiler";
import { type DitConfig, ditModel } from "@dit-bench/dit";
import { removeLeftovers, replaceFile } from "@dit-bench/files";
import { type Adapted, attach, parseOptions, type Values } from "@dit-bench/method";
import { type RunRecord, writeRecord } from "@dit-bench/record";
import type { Listener } from "../events.ts";
import { openSpace, type PictureSpace } from "../latents/space.ts";
import type { LoadedMethod } from "../methods/methods.ts";
import { withMemoryAdvice } from "../out-of-memory.ts";
import { requireFiles } from "../plan/needed-files.ts";
import { type Base, baseSamples, forClasses, loadBase } from "../recipe/base-model.ts";
import { type Dataset, type DatasetChoice, loadDataset } from "../recipe/dataset.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { compileRecipeExtractor, readRecipeExtractor } from "../recipe/recipe-extractor.ts";
import { measuredPictures } from "../sampling/measured-images.ts";
import { mergedNetwork } from "../sampling/merged-network.ts";
import { labelsLike, sample } from "../sampling/sample.ts";
import { makeFolder } from "../storage/make-folder.ts";
import { makeWay } from "../storage/move-folder-aside.ts";
import { locked } from "../storage/with-lock.ts";
import { removeCheckpoint } from "../training/checkpoint.ts";
import { dropState, isStateKept, type KeepState, keepState, lineageOf } from "../training/kept-state.ts";
import { Diverged, type Trained } from "../training/train.ts";
import { checkApart, checkData, checkOut } from "./data-checks.ts";
import { type CellFiles, filesOf, findRun, type Wanted } from "./find-run.ts";
import { cellFolder, identityOf } from "./identity.ts";
import { checkMerge } from "./merge-check.ts";
import { realFeatures } from "./real-features.ts";
import { remakeImages } from "./remake-images.ts";
import { type Beginning, recordOf } from "./run-record.ts";
import { score } from "./scoring.ts";
import { generatedOnSheet, runSheet } from "./sheet.ts";
import { trainCell } from "./stages/train.ts";
import { type Stopwatch, stopwatch } from "./stopwatch.ts";
import { writeTrained } from "./trained-weights.ts";

export interface RunTask {
  readonly recipe: Recipe;
  readonly method: LoadedMethod;
  /** Options of the method that differ from its defaults. */
  readonly options: object;
  readonly dataset: DatasetChoice;
  readonly seed: number;
  readonly engine: Engine;
  /** Folder that holds all runs. */
  readonly out: string;
  readonly listener: Listener;
  /** Makes further images in the run's folder, before the record marks it as finished. */
  illustrate?(record: RunRecord, folder: string): Promise<void>;
  /** Names of the PNG files that `illustrate` makes; where one of a finished run is missing or damaged, they are made again. */
  readonly illustrations?: readonly string[];
  /** Whether the training state is kept at the end; see kept-state.ts. */
  readonly keepState?: KeepState;
}

export interface RunOutcome {
  readonly record: RunRecord;
  /** Whether it was finished before. */
  readonly already: boolean;
  /** Names of the files of a finished run that were missing or damaged and were made again. */
  readonly remade: readonly string[];
  readonly folder: string;
  readonly recordPath: string;
  readonly weightsPath: string;
  readonly sheetPath: string;
}

/** What a run works with, once its data and weights are read. */
export interface PreparedCell {
  readonly task: RunTask;
  readonly files: CellFiles;
  readonly base: Base;
  readonly extractorFile: Awaited<ReturnType<typeof readRecipeExtractor>>;
  readonly space: PictureSpace;
  readonly data: Dataset;
  readonly adapted: Adapted;
  /** The model under the data's label space, and its weights before training. */
  readonly config: DitConfig;
  readonly values: Values;
  readonly wanted: Wanted;
  readonly lineage: string;
  readonly startedAt: Date;
  readonly clock: Stopwatch;
}

/** Runs a cell, or does nothing where it is finished. What is damaged of a finished run is made again. */
export async function runCell(task: RunTask): Promise<RunOutcome> {
  const { recipe, dataset: choice, engine, out, listener } = task;
  const startedAt = new Date();
  const clock = stopwatch();
  let data: Dataset | undefined;
  try {
    parseOptions(task.method.method, task.options); // a misspelt option is reported before anything is read
    checkApart(out, choice);
    checkOut(out);
    await requireFiles(recipe, choice);
    const extractorFile = await readRecipeExtractor(recipe);
    const base = await loadBase(recipe, (text) => listener.note?.(text));
    const miniature = recipe.settings.miniature ? `miniature of ${choice.name}` : choice.name;
    listener.stage?.("data", choice.folder ?? miniature);
    const space = await openSpace(recipe, { engine, out, listener });
    data = await loadDataset(choice, recipe, space.side, out, listener);
    clock.lap("data");
    const cell = prepare({ task, base, extractorFile, space, data, startedAt, clock });
    makeFolder(cell.files.folder);
    const { record, problem, images } = await findRun(cell.files, cell.wanted, imagesOf(task));
    if (record && problem === undefined && images.length === 0 && !existsSync(cell.files.checkpointPath))
      return { record, already: true, remade: [], ...cell.files };
    return await locked(cell.files.lockPath, "runs this cell", listener, () => runLocked(cell));
  } catch (error) {
    const { training, sampling } = recipe.settings;
    throw withMemoryAdvice(
      error,
      `take smaller batches (--set training.batch=${training.batch} and --set sampling.batch=${sampling.batch} now), or another machine; --dry-run estimates what a run needs`,
    );
  } finally {
    data?.close?.();
  }
}

const imagesOf = ({ illustrations = [] }: RunTask): string[] => ["sheet.png", ...illustrations];

function prepare(
  read: Omit<PreparedCell, "files" | "adapted" | "config" | "values" | "wanted" | "lineage">,
): PreparedCell {
  const { task, base, extractorFile, space, data } = read;
  const { recipe, method, dataset: choice, seed, out } = task;
  const { settings } = recipe;
  checkData(choice, data.labels.length, settings.training.batch);
  const { config, values } = forClasses(recipe, base, data.classes.length, seed);
  const adapted = attach(method.method, ditModel(config), task.options);
  const decides = {
    settings,
    method: method.method.name,
    ...(method.code === undefined ? {} : { methodCode: method.code }),
    learningRate: method.method.learningRate,
    options: adapted.options,
    fingerprint: data.fingerprint,
    seed,
    base: base.sha256,
    ...(space.autoencoder === undefined ? {} : { autoencoder: space.autoencoder }),
  };
  const identity = identityOf({
    ...decides,
    protocol: recipe.protocol,
    dataset: data.name,
    extractor: extractorFile.sha256,
  });
  const files = filesOf(cellFolder(out, recipe, data.name, method.method, adapted.options, seed));
  const weights = {
    base: base.sha256,
    extractor: extractorFile.sha256,
    ...(space.autoencoder === undefined ? {} : { autoencoder: space.autoencoder }),
  };
  const wanted = { identity, settings, fingerprint: data.fingerprint, weights };
  return { ...read, files, adapted, config, values, wanted, lineage: lineageOf(decides) };
}

/** The work of the one process that holds the cell's lock. */
async function runLocked(cell: PreparedCell): Promise<RunOutcome> {
  const { task, files, adapted, data, space, wanted, base, extractorFile, startedAt, clock } = cell;
  const { recipe, seed, listener } = task;
  removeLeftovers(files.folder, 0);
  const found = await findRun(files, wanted, imagesOf(task)); // another process may have run it in between
  if (found.problem !== undefined)
    listener.note?.(`${found.problem}: ${found.record ? "the weights are made again" : "the cell is run again"}`);
  for (const path of [files.recordPath, files.weightsPath, files.sheetPath, files.checkpointPath])
    makeWay(path, listener);
  if (found.record && found.problem === undefined) {
    removeCheckpoint(files.checkpointPath); // left by a process that was killed after it wrote the record
    await remakeImages(cell, found.record, found.images);
    return { record: found.record, already: true, remade: found.images, ...files };
  }

  const beginning: Beginning = {
    task,
    adapted,
    data,
    startedAt,
    identity: wanted.identity,
    base: base.sha256,
    extractor: extractorFile.sha256,
    autoencoder: space.autoencoder,
  };
  clock.restart();
  const pictures = await space.training(data);
  clock.lap("latents");
  let trained: Trained;
  try {
    trained = await trainCell(cell, pictures);
  } catch (error) {
    if (error instanceof Diverged) {
      await writeRecord(files.recordPath, recordOf(beginning, error.trained, clock, null));
      removeCheckpoint(files.checkpointPath);
    }
    throw error;
  } finally {
    pictures.close();
  }
  await checkMerge({ engine: task.engine, adapted, config: cell.config, base: cell.values, trained: trained.ema });
  const about = { recipe, dataset: data.name, seed, identity: wanted.identity };
  const weights = writeTrained(files.weightsPath, adapted, trained, about);
  const kept = isStateKept(adapted.parameters, task.keepState);
  if (kept) keepState(files.checkpointPath, files.statePath, listener);
  const finish = () => {
    if (!kept) dropState(files.checkpointPath, adapted.parameters, listener);
  };
  if (found.record?.weights.trained === weights.sha256) {
    await remakeImages(cell, found.record, found.images);
    finish();
    return { record: found.record, already: true, remade: ["weights.safetensors", ...found.images], ...files };
  }
  const record = await sampleAndScore(cell, trained, (metrics) =>
    recordOf(beginning, trained, clock, { metrics, weights }),
  );
  await task.illustrate?.(record, files.folder);
  await writeRecord(files.recordPath, record); // last: it marks the run as finished
  finish();
  return { record, already: false, remade: [], ...files };
}

/** Samples, scores them, and writes the sheet. @param record makes the record of these metrics */
async function sampleAndScore(
  { task, files, base, extractorFile, space, data, adapted, config, values, clock }: PreparedCell,
  trained: Trained,
  record: (metrics: ReturnType<typeof score>) => RunRecord,
): Promise<RunRecord> {
  const { recipe, engine, out, seed, listener } = task;
  const { sampling, metrics } = recipe.settings;
  const extractor = await compileRecipeExtractor(engine, extractorFile, data.size);
  try {
    clock.restart();
    const fromBase = await baseSamples(recipe, base, extractor, { engine, out, seed, listener, space });
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
    const scores = score(metrics, extractor, { generated: generated.features, real, base: fromBase.features }, seed);
    clock.lap("score");
    const made = record(scores);
    const sheet = { pixels: generated.pixels, labels: Int32Array.from(shown, (i) => labels[i]!) };
    await replaceFile(files.sheetPath, await runSheet(made, { real: data, generated: sheet, base: fromBase.pixels }));
    return made;
  } finally {
    await extractor.dispose();
  }
}
