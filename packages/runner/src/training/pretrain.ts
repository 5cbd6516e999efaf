// Trains a recipe's own base model and extractor on procedural images. The recipe's seed decides everything.
//
// N = batch, K = classes, S = side

import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { linearSchedule } from "@dit-bench/diffusion";
import { ditModel, initialDit } from "@dit-bench/dit";
import { makeFolders, removeLeftovers } from "@dit-bench/files";
import { attach } from "@dit-bench/method";
import {
  type Classifier,
  classifierLoss,
  initialWeights,
  miniInception,
  standardiseFeatures,
  statistics,
} from "@dit-bench/metrics";
import { type DrawOptions, drawMiniature, type Miniature, paperMiniatures, sourceDomain } from "@dit-bench/miniatures";
import * as tf from "@dit-bench/tfjs";
import { type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { BenchError } from "../errors.ts";
import type { Listener } from "../events.ts";
import { compileExtractor } from "../extractors/compile-extractor.ts";
import { loadMethod } from "../methods/methods.ts";
import { ownSettings, type Recipe } from "../recipe/recipe.ts";
import { shortHash } from "../storage/hashes.ts";
import { batchIndices, denoisingBatch, type LabelledImages } from "./batches.ts";
import { removeCheckpoint } from "./checkpoint.ts";
import { denoisingStep } from "./denoising-step.ts";
import { train } from "./train.ts";

export type PretrainingPart = "base" | "extractor";

export interface PretrainingTask {
  readonly recipe: Recipe;
  readonly engine: Engine;
  /** Folder for the weights. */
  readonly out: string;
  /** Folder for the checkpoint of an unfinished training. */
  readonly work: string;
  readonly listener: Listener;
}

const OPTIMIZER = { betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } as const;

/** Trains the base model: a DiT from scratch on the source domain. @returns the path of the weights */
export async function pretrainBase({ recipe, engine, out, work, listener }: PretrainingTask): Promise<string> {
  const { name, base: file, size, model: config, pretraining, training, data } = ownSettings(recipe);
  const { seed, base: p } = pretraining;
  if (p === undefined || typeof file !== "string")
    throw new BenchError(
      "usage",
      `recipe ${name}: its base model is not its own (recipe.base is ${JSON.stringify(file)}); ` +
        "train the extractor alone with --part extractor, or the base with the recipe that has it",
    );
  if (config.classes !== sourceDomain.classes.length)
    throw new Error(
      `recipe ${name}: the model has ${config.classes} classes, ` + `the source domain ${sourceDomain.classes.length}`,
    );
  listener.stage?.("data", `${sourceDomain.classes.length * p.perClass} images of the source domain`);
  const images = imagesOf([sourceDomain], { perClass: p.perClass, seed, size });
  const { method } = await loadMethod("full");
  const adapted = attach(method, ditModel(config));
  const start = initialDit(config, seed, p.embeddings);
  const settings = {
    batch: p.batch,
    seed,
    flip: data.flip,
    labelDropout: training.labelDropout,
    nullClass: config.classes,
  };
  const schedule = linearSchedule();
  const checkpoint = checkpointOf(work, "base", recipe);
  const { ema } = await train({
    engine,
    step: denoisingStep(adapted, config, start, p.batch, { optimizer: OPTIMIZER, emaDecay: p.emaDecay }),
    start,
    steps: p.steps,
    optimizer: (step) => ({ ...OPTIMIZER, lr: learningRateAt(p.learningRate, step, p.steps) }),
    batch: (step) => denoisingBatch(images, schedule, settings, step),
    checkpoint,
    listener,
  });
  const tensors = adapted.model.weights.map(
    ({ name, shape }) => [name, f32(ema[name] ?? start[name]!, shape)] as const,
  );
  return save(join(out, file), tensors, recipe, "base", checkpoint.path);
}

/**
 * Trains the extractor: a classifier of all classes of the source domain and the miniatures. Its training images use
 * another seed, so that it has seen none of the images that runs train on or are scored against.
 *
 * @returns the path of the weights, and the accuracy on images that are in neither set
 */
export async function pretrainExtractor(task: PretrainingTask): Promise<{ path: string; accuracy: number }> {
  const { recipe, engine, out, work, listener } = task;
  const { extractor: e, pretraining, size: S } = ownSettings(recipe);
  const { extractor: p } = pretraining;
  const seed = pretraining.seed + 1;
  const domains = [...paperMiniatures, sourceDomain];
  const K = domains.reduce((sum, m) => sum + m.classes.length, 0);
  if (K !== e.classes)
    throw new Error(`recipe ${recipe.settings.name}: the extractor has ${e.classes} classes, the images have ${K}`);
  listener.stage?.("data", `${K * p.perClass} images of ${K} classes`);
  const images = imagesOf(domains, { perClass: p.perClass, seed, size: S });
  const extractor = miniInception(K, S);
  const trainable = Object.entries(extractor.weights).map(([name, shape]) => ({ name, shape }));
  const batch = { batch: p.batch, seed, flip: true };
  const checkpoint = checkpointOf(work, "extractor", recipe);
  const { ema } = await train({
    engine,
    step: {
      trainable,
      inputs: { x: { shape: [p.batch, S, S, 3] }, labels: { shape: [p.batch], dtype: "int32" } },
      loss: (weights, { x, labels }) =>
        classifierLoss(
          extractor,
          weights,
          x as tf.Tensor4D,
          tf.oneHot(labels as tf.Tensor1D, K, 1, 0, "float32") as tf.Tensor2D,
        ),
      optimizer: OPTIMIZER,
      emaDecay: p.emaDecay,
    },
    start: initialWeights(extractor, seed),
    steps: p.steps,
    optimizer: (step) => ({ ...OPTIMIZER, lr: learningRateAt(p.learningRate, step, p.steps) }),
    batch(step) {
      const chosen = batchIndices(images.labels.length, batch, step);
      return {
        x: extractorInput(images, chosen),
        labels: Int32Array.from(chosen, ({ index }) => images.labels[index]!),
      };
    },
    checkpoint,
    listener,
  });
  // Scale each feature to mean 0 and variance 1 over the training images, so that all features weigh the same in FID.
  const raw = await compileExtractor(engine, extractor, ema);
  const values = standardiseFeatures(ema, statistics(await raw.features(images.pixels), extractor.dimension));
  await raw.dispose();
  const tensors = trainable.map(({ name, shape }) => [name, f32(values[name]!, shape)] as const);
  const path = save(join(out, e.weights), tensors, recipe, extractor.id, checkpoint.path);
  const unseen = imagesOf(domains, { perClass: 20, seed, size: S, first: p.perClass });
  return { path, accuracy: await accuracy(engine, extractor, values, unseen, K) };
}

/**
 * Learning rate with linear warm-up over the first fiftieth of the steps, then a half cosine to zero: Loshchilov &
 * Hutter 2016, https://arxiv.org/abs/1608.03983.
 */
function learningRateAt(peak: number, step: number, steps: number): number {
  const warm = steps / 50;
  if (step < warm) return (peak * (step + 1)) / (warm + 1);
  return (peak * (1 + Math.cos((Math.PI * (step - warm)) / (steps - warm)))) / 2;
}

/** Share of images for which the correct class has the largest logit. */
async function accuracy(
  engine: Engine,
  extractor: Classifier,
  weights: Record<string, Float32Array>,
  images: LabelledImages,
  K: number,
): Promise<number> {
  const classifier = { ...extractor, dimension: K, features: extractor.logits };
  const compiled = await compileExtractor(engine, classifier, weights);
  const logits = await compiled.features(images.pixels);
  await compiled.dispose();
  const correct = images.labels.filter((label, i) => {
    const row = logits.subarray(i * K, (i + 1) * K);
    return row.indexOf(Math.max(...row)) === label;
  });
  return correct.length / images.labels.length;
}

/** Images of several domains as one set with consecutive class numbers. */
function imagesOf(domains: readonly Miniature[], options: DrawOptions & { readonly size: 32 | 64 }): LabelledImages {
  const parts = domains.map((m) => drawMiniature(m, options));
  let offset = 0;
  const labels = parts.map(({ labels }, i) => {
    const shifted = labels.map((l) => l + offset);
    offset += domains[i]!.classes.length;
    return [...shifted];
  });
  return {
    pixels: Buffer.concat(parts.map((p) => p.pixels)),
    labels: Int32Array.from(labels.flat()),
    size: options.size,
  };
}

function extractorInput(
  { pixels, size: S }: LabelledImages,
  chosen: readonly { index: number; mirrored: boolean }[],
): Float32Array {
  const numbers = S * S * 3;
  const x = new Float32Array(chosen.length * numbers);
  chosen.forEach(({ index, mirrored }, j) => {
    const image = pixels.subarray(index * numbers, (index + 1) * numbers);
    for (let p = 0; p < S * S; p++) {
      const source = mirrored ? p - (p % S) + (S - 1 - (p % S)) : p;
      for (let c = 0; c < 3; c++) x[j * numbers + p * 3 + c] = image[source * 3 + c]! / 127.5 - 1;
    }
  });
  return x;
}

function checkpointOf(work: string, part: PretrainingPart, recipe: Recipe) {
  makeFolders(work);
  removeLeftovers(work);
  const identity = pretrainingIdentity(part, recipe);
  return { path: join(work, `${part}.checkpoint.safetensors`), identity, lineage: identity };
}

/** Names everything that decides the training of a part: a checkpoint of another one is refused. */
export function pretrainingIdentity(part: PretrainingPart, { settings }: Pick<Recipe, "settings">): string {
  const { model, pretraining, data, training } = settings;
  const ofBase = part === "base" ? [data.flip, training.labelDropout] : [];
  return `${part} ${shortHash(JSON.stringify([model, pretraining, ...ofBase]))}`;
}

function save(
  path: string,
  tensors: (readonly [string, StoredTensor])[],
  recipe: Recipe,
  what: string,
  checkpoint: string,
): string {
  const { pretraining, model } = recipe.settings;
  writeSafetensors(path, tensors, {
    what,
    recipe: recipe.protocol,
    model: JSON.stringify(model),
    pretraining: JSON.stringify(pretraining),
  });
  removeCheckpoint(checkpoint);
  return path;
}

const f32 = (data: Float32Array, shape: readonly number[]): StoredTensor => ({ type: "F32", shape, data });
