// One cell, start to end: data, train, sample, score, record.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { linearSchedule } from "@dit-bench/diffusion";
import { CLASS_EMBEDDING, type DitConfig, ditModel } from "@dit-bench/dit";
import { type Adapted, attach, size } from "@dit-bench/method";
import { frechetInterval, kid, miniInception, statistics } from "@dit-bench/metrics";
import { permutation } from "@dit-bench/random";
import { type RunMetrics, type RunRecord, readRecord, replaceFile, writeRecord } from "@dit-bench/record";
import { writeSafetensors } from "@dit-bench/weights";
import { type BaseSamples, baseSamples, forClasses, readBase } from "./base-model.ts";
import { denoisingBatch } from "./batches.ts";
import { cellFolder, identityOf } from "./cell.ts";
import { removeCheckpoint } from "./checkpoint.ts";
import { type Dataset, type DatasetChoice, loadDataset } from "./dataset.ts";
import { denoisingStep } from "./denoising.ts";
import { BenchError } from "./errors.ts";
import type { Listener } from "./events.ts";
import { compileExtractor, type FeatureExtractor } from "./features.ts";
import { mergedNetwork } from "./merged.ts";
import type { LoadedMethod } from "./methods.ts";
import { codeState, machine, versions } from "./provenance.ts";
import type { Recipe } from "./recipe.ts";
import { sample } from "./sample.ts";
import { runSheet } from "./sheet.ts";
import { Diverged, type Trained, train } from "./train.ts";
import { readWeights } from "./weight-file.ts";

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

  const base = readBase(recipe);
  const adaptedToBase = attach(method.method, ditModel(recipe.settings.model), task.options);
  const folder = cellFolder(out, recipe, choice, method.method, adaptedToBase.options, seed);
  makeFolder(folder);

  listener.stage?.("data", choice.folder ?? `miniature of ${choice.name}`);
  const data = await loadDataset(choice, recipe, listener);
  const { training, sampling } = recipe.settings;
  if (data.labels.length < training.batch)
    throw new BenchError(
      "data",
      `${choice.folder ?? choice.name}: ${data.labels.length} images, but a batch has ${training.batch}; add images, or use --set training.batch=${data.labels.length}`,
    );
  clock.lap("data");

  const extractor = await openExtractor(recipe, engine);
  try {
    const { config, values } = forClasses(recipe, base, data.classes.length, seed);
    const adapted = attach(method.method, ditModel(config), task.options);
    const identity = identityOf({
      protocol: recipe.protocol,
      settings: recipe.settings,
      method: method.method.name,
      options: adapted.options,
      dataset: choice.name,
      fingerprint: data.fingerprint,
      seed,
      base: base.sha256,
      extractor: extractor.sha256,
    });
    const paths = {
      folder,
      recordPath: join(folder, "record.json"),
      weightsPath: join(folder, "weights.safetensors"),
      sheetPath: join(folder, "sheet.png"),
    };
    const { recordPath, weightsPath } = paths;
    const finished = await finishedRecord(recordPath, weightsPath, identity);
    if (finished) {
      if (finished.exit === "diverged")
        throw new BenchError(
          "diverged",
          `this run diverged before (${recordPath}); delete its folder to try again, or change its settings`,
        );
      return { record: finished, already: true, ...paths };
    }

    const beginning = { task, adapted, base, data, startedAt, identity, extractor };
    const checkpoint = { path: join(folder, "checkpoint.safetensors"), identity };
    let trained: Trained;
    try {
      trained = await trainCell(task, adapted, config, values, data, checkpoint);
    } catch (error) {
      if (error instanceof Diverged) {
        await writeRecord(recordPath, recordOf(beginning, error.trained, clock, null, null));
        removeCheckpoint(checkpoint.path);
      }
      throw error;
    }
    const trainedHash = writeTrained(weightsPath, adapted, trained, task, identity);

    clock.restart();
    const drawnBase = await baseSamples(recipe, base, extractor, { engine, out, seed, listener });
    clock.lap("base");
    listener.stage?.("sample", `${sampling.images} images`);
    const labels = labelsLike(data.labels, sampling.images, seed);
    const network = mergedNetwork(adapted, config, values, trained.ema);
    const { pixels } = await sample({ engine, network, settings: sampling, seed, labels, listener });
    clock.lap("sample");
    listener.stage?.("features");
    const generated = await extractor.features(pixels, listener);
    const real = await extractor.features(data.pixels, listener);
    clock.lap("features");
    listener.stage?.("score");
    const metrics = score(recipe, extractor, generated, real, drawnBase, seed);
    clock.lap("score");

    const record = recordOf(beginning, trained, clock, metrics, trainedHash);
    await replaceFile(
      paths.sheetPath,
      await runSheet(record, { real: data, generated: { pixels, labels }, base: drawnBase.pixels }),
    );
    await task.illustrate?.(record, folder);
    await writeRecord(recordPath, record); // last: it marks the run as finished
    removeCheckpoint(checkpoint.path);
    return { record, already: false, ...paths };
  } finally {
    await extractor.dispose();
  }
}

async function trainCell(
  { recipe, engine, seed, listener, method }: RunTask,
  adapted: Adapted,
  config: DitConfig,
  values: Readonly<Record<string, Float32Array>>,
  data: Dataset,
  checkpoint: { path: string; identity: string },
): Promise<Trained> {
  const { steps, batch, emaDecay, labelDropout, learningRateScale, betas, eps, weightDecay } = recipe.settings.training;
  const optimizer = { lr: method.method.learningRate * learningRateScale, betas, eps, weightDecay };
  const settings = { batch, seed, flip: recipe.settings.data.flip, labelDropout, nullClass: config.classes };
  const schedule = linearSchedule();
  return train({
    engine,
    step: denoisingStep(adapted, config, values, batch, { optimizer, emaDecay }),
    start: adapted.initial(values, seed),
    steps,
    optimizer: () => optimizer,
    batch: (step) => denoisingBatch(data, schedule, settings, step),
    checkpoint,
    listener,
  });
}

function score(
  recipe: Recipe,
  extractor: FeatureExtractor,
  generated: Float32Array,
  real: Float32Array,
  base: BaseSamples,
  seed: number,
): RunMetrics {
  const { resamples, level } = recipe.settings.metrics;
  const D = extractor.dimension;
  const reference = statistics(real, D);
  const ours = frechetInterval(generated, reference, D, { resamples, level, seed });
  const floor = frechetInterval(base.features, reference, D, { resamples, level, seed });
  return {
    extractor: extractor.id,
    dimension: D,
    resizer: "none", // pictures are made at the extractor's own size
    generated: generated.length / D,
    real: real.length / D,
    fid: ours.distance,
    fidInterval: [ours.low, ours.high],
    intervalLevel: level,
    kid: kid(generated, real, D),
    baseFid: floor.distance,
    baseFidInterval: [floor.low, floor.high],
    baseKid: kid(base.features, real, D),
    baseGenerated: base.features.length / D,
  };
}

/** Labels for sampling, in the data's own proportions. */
function labelsLike(labels: Int32Array, n: number, seed: number): Int32Array {
  const order = permutation(seed, "sample labels", 0, labels.length);
  return Int32Array.from({ length: n }, (_, i) => labels[order[i % labels.length]!]!);
}

/** What trained, alone, as it was sampled from; the metadata says how to put it back on. Returns the file's SHA-256. */
function writeTrained(path: string, adapted: Adapted, trained: Trained, task: RunTask, identity: string): string {
  const tensors = adapted.trainable.map(
    ({ name, shape }) => [name, { type: "F32" as const, shape, data: trained.ema[name]! }] as const,
  );
  writeSafetensors(path, tensors, {
    identity,
    what: "moving average of the trained weights",
    recipe: task.recipe.settings.name,
    protocol: task.recipe.protocol,
    settings: JSON.stringify(task.recipe.settings),
    method: adapted.method.name,
    options: JSON.stringify(adapted.options),
    dataset: task.dataset.name,
    seed: String(task.seed),
  });
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

async function openExtractor(recipe: Recipe, engine: Engine): Promise<FeatureExtractor & { readonly sha256: string }> {
  const { settings, folder } = recipe;
  const extractor = miniInception(settings.extractor.classes);
  const wanted = Object.entries(extractor.weights).map(([name, shape]) => ({ name, shape }));
  const file = readWeights(
    join(folder, settings.extractor.weights),
    wanted,
    `make it with 'bench pretrain --recipe ${settings.name} --part extractor'`,
  );
  return { ...(await compileExtractor(engine, extractor, file.values)), sha256: file.sha256 };
}

/** The record of this very cell, if it is finished. */
async function finishedRecord(path: string, weights: string, identity: string): Promise<RunRecord | undefined> {
  if (!existsSync(path)) return undefined;
  const record = await readRecord(path);
  if (record.identity !== identity)
    throw new BenchError(
      "usage",
      `${path} is the record of another run (its data, settings or weights were others); delete its folder, or choose another --out`,
    );
  if (record.exit === "finished" && !existsSync(weights)) return undefined;
  return record;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new BenchError(
      "io",
      `the output folder ${folder} cannot be made (${(error as Error).message}); choose another with --out`,
      { cause: error },
    );
  }
}

function recordOf(
  b: {
    task: RunTask;
    adapted: Adapted;
    base: { sha256: string };
    data: Dataset;
    startedAt: Date;
    identity: string;
    extractor: { sha256: string };
  },
  trained: Omit<Trained, "ema">,
  clock: Stopwatch,
  metrics: RunMetrics | null,
  trainedHash: string | null,
): RunRecord {
  const { task, adapted, data } = b;
  const { settings, protocol } = task.recipe;
  const total = (w: readonly { readonly shape: readonly number[] }[]) =>
    w.reduce((sum, { shape }) => sum + size(shape), 0);
  const seconds = (name: string) => round(clock.laps[name] ?? 0, 3);
  const finished = metrics !== null;
  return {
    schema: 1,
    protocol: data.source === "folder" ? `${protocol} on own images` : protocol,
    identity: b.identity,
    recipe: settings.name,
    miniature: settings.miniature,
    cell: {
      method: adapted.method.name,
      methodLabel: adapted.method.label(adapted.options),
      methodSource: task.method.from,
      options: adapted.options as Record<string, unknown>,
      dataset: data.name,
      datasetTitle: data.title,
      seed: task.seed,
    },
    data: {
      source: data.source,
      classes: [...data.classes],
      images: data.labels.length,
      size: data.size,
      fingerprint: data.fingerprint,
      skipped: data.skipped,
    },
    settings,
    code: codeState(),
    versions: versions(),
    machine: machine(),
    engine: { name: task.engine.name, threads: task.engine.threads },
    weights: { base: b.base.sha256, extractor: b.extractor.sha256, trained: trainedHash },
    parameters: {
      trainable: adapted.parameters,
      classEmbedding: total(adapted.trainable.filter((w) => w.name === CLASS_EMBEDDING)),
      model: total(adapted.trainable) + total(adapted.frozen),
    },
    times: {
      data: seconds("data"),
      compile: round(trained.compileSeconds, 3),
      train: round(trained.trainSeconds, 3),
      sample: finished ? seconds("sample") : null,
      features: finished ? seconds("features") : null,
      score: finished ? seconds("score") : null,
      total: round((Date.now() - b.startedAt.getTime()) / 1e3, 3),
    },
    stepMilliseconds: round(trained.stepMilliseconds, 2),
    peakMemoryMB: round((process.resourceUsage().maxRSS * 1024) / 1e6, 1),
    training: {
      steps: trained.losses.length,
      batch: settings.training.batch,
      resumes: trained.resumes,
      loss: thinned(trained.losses),
    },
    metrics,
    exit: finished ? "finished" : "diverged",
    startedAt: b.startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
  };
}

/** At most sixty points of the loss, each the mean of the steps since the one before. */
function thinned(losses: readonly number[]): { step: number; value: number | null }[] {
  const stride = Math.ceil(losses.length / 60);
  return Array.from({ length: Math.ceil(losses.length / stride) }, (_, i) => {
    const part = losses.slice(i * stride, (i + 1) * stride);
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return { step: i * stride + part.length, value: Number.isFinite(mean) ? round(mean, 6) : null };
  });
}

interface Stopwatch {
  readonly laps: Record<string, number>;
  lap(name: string): void;
  restart(): void;
}

function stopwatch(): Stopwatch {
  let last = performance.now();
  const laps: Record<string, number> = {};
  return {
    laps,
    lap(name) {
      laps[name] = (performance.now() - last) / 1e3;
      last = performance.now();
    },
    restart() {
      last = performance.now();
    },
  };
}

const round = (x: number, digits: number): number => Math.round(x * 10 ** digits) / 10 ** digits;
