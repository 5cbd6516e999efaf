// Prepares the parts of a run with the settings of recipe mini: batches, image files, sampling, features, the Fréchet
// distance, and the training loop with a new batch each step or with one fixed batch.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadFolder } from "@dit-bench/datasets";
import { adamwCoefficients, linearSchedule, respace, stepCoefficients } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach } from "@dit-bench/method";
import { frechetDistance, miniInception, statistics } from "@dit-bench/metrics";
import { drawMiniature, miniatures } from "@dit-bench/miniatures";
import { normals } from "@dit-bench/random";
import { loadRecipe } from "@dit-bench/runner";
import {
  compileExtractor,
  denoisingBatch,
  denoisingStep,
  initialState,
  readBase,
  readWeights,
  samplerStep,
  toPixels,
  trainingStep,
} from "@dit-bench/runner/parts";
import { compileTimes } from "./step.mjs";

/** @import { Engine } from "@dit-bench/compiler" */
/** @import { Job, Preparation } from "../types.ts" */

/** @type {Record<string, (spec: any, engine: Engine) => Job | Promise<Job>>} */
const parts = { loop, batching, decoding, sampler, extractor, frechet };

/**
 * Prepares one part. `about.images` of the job is the number of images in one run.
 *
 * @param {Preparation} spec
 * @param {Engine} engine
 */
export function prepare({ work = "", ...spec }, engine) {
  const part = parts[work];
  if (!part) throw new Error(`work '${work}' is not known, available: step, gemms, ${Object.keys(parts).join(", ")}`);
  return part(spec, engine);
}

/** Returns the images of the miniature `flowers` and its batches, with the settings of recipe mini. */
function loadMini() {
  const recipe = loadRecipe("mini");
  const { data, model, training } = recipe.settings;
  const { perClass, seed } = data;
  const size = model.inputSize;
  if (perClass === undefined || seed === undefined || (size !== 32 && size !== 64))
    throw new Error("recipe mini has no settings for drawing miniatures");
  const { pixels, labels } = drawMiniature(miniatures[0], {
    perClass,
    seed,
    size,
  });
  const batch = {
    batch: training.batch,
    seed: 0,
    flip: data.flip,
    labelDropout: training.labelDropout,
    nullClass: model.classes,
  };
  const images = { pixels, labels, size };
  return {
    recipe,
    images,
    batchAt: (/** @type {number} */ step) => denoisingBatch(images, linearSchedule(), batch, step),
  };
}

/**
 * The training loop of DiffFit: each step makes its batch. With `batching: false` all steps use the first batch.
 *
 * @param {{ method: string, batching: boolean }} spec
 * @param {Engine} engine
 * @returns {Promise<Job>}
 */
async function loop({ method, batching }, engine) {
  const { recipe, batchAt } = loadMini();
  const { model, training } = recipe.settings;
  const { default: methodPackage } = await import(`@dit-bench/method-${method}`);
  const optimizer = { lr: 1e-4, betas: training.betas, eps: training.eps, weightDecay: training.weightDecay };
  const { values } = readBase(recipe);
  const adapted = attach(methodPackage, ditModel(model));
  const step = denoisingStep(adapted, model, values, training.batch, { optimizer, emaDecay: training.emaDecay });
  const compiled = await engine.compile(...trainingStep(step));
  await compiled.setState(initialState(adapted.trainable, adapted.initial(values, 0)));
  const first = batchAt(0);
  let k = 0;
  return {
    about: { images: training.batch, ...compileTimes(compiled) },
    run() {
      const batch = batching ? batchAt(k) : first;
      const coefficients = Object.entries(adamwCoefficients(++k, optimizer)).map(([c, v]) => [`adamw.${c}`, v]);
      return compiled.run({ ...batch, ...Object.fromEntries(coefficients) });
    },
  };
}

/**
 * Makes batches.
 *
 * @returns {Job}
 */
function batching() {
  const { recipe, batchAt } = loadMini();
  let k = 0;
  return { about: { images: recipe.settings.training.batch }, run: () => void batchAt(k++) };
}

/**
 * Reads a folder of JPEG files, crops and scales them. They have 500 × 375 pixels, a common size of Oxford Flowers.
 *
 * @param {{ size: number, files: number }} spec side in pixels; number of files
 * @returns {Promise<Job>}
 */
async function decoding({ size, files }) {
  const { default: sharp } = await import("sharp");
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-decoding-"));
  const classes = 2;
  const miniature = drawMiniature(miniatures[0], { perClass: Math.ceil(files / classes), seed: 0, size: 32 });
  const bytes = 32 * 32 * 3;
  for (let i = 0; i < files; i++) {
    const pixels = miniature.pixels.subarray(i * bytes, (i + 1) * bytes);
    const classFolder = join(folder, `class-${i % classes}`);
    mkdirSync(classFolder, { recursive: true });
    /** @type {import("sharp").SharpOptions} */
    const noise = {
      create: {
        width: 500,
        height: 375,
        channels: 3,
        background: "black",
        noise: { type: "gaussian", mean: 128, sigma: 12 },
      },
    };
    const grain = await sharp(noise).png().toBuffer(); // an image without fine detail decodes faster than a photograph
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
      .resize(500, 375, { fit: "fill" })
      .composite([{ input: grain, blend: "soft-light" }])
      .jpeg({ quality: 90 })
      .toFile(join(classFolder, `${i}.jpg`));
  }
  return {
    about: { images: files },
    run: () => loadFolder(folder, { size, strict: true }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Samples one batch of images, from noise to pixels, with the guidance and the steps of the recipe.
 *
 * @param {object} _
 * @param {Engine} engine
 * @returns {Promise<Job>}
 */
async function sampler(_, engine) {
  const recipe = loadRecipe("mini");
  const { model, sampling } = recipe.settings;
  const network = { config: model, infos: ditModel(model).weights, values: readBase(recipe).values };
  const N = sampling.batch;
  const S = model.inputSize;
  const compiled = await engine.compile(...samplerStep(network, sampling, N));
  const schedule = respace(linearSchedule(), sampling.respacing);
  const y = Int32Array.from({ length: N }, (_, i) => i % model.classes);
  let seed = 0;
  return {
    about: { images: N, steps: schedule.steps, ...compileTimes(compiled) },
    async run() {
      await compiled.setState({ x: normals(seed++, "sample", 0, N * model.channels * S * S) });
      for (let i = schedule.steps - 1; i >= 0; i--) {
        const coefficients = Object.entries(stepCoefficients(schedule, sampling.sampler, i, 1)).map(([name, v]) => [
          `p.${name}`,
          v,
        ]);
        await compiled.run({
          y,
          t: new Float32Array(N).fill(schedule.timesteps[i]),
          ...Object.fromEntries(coefficients),
        });
      }
      const { x } = await compiled.getState();
      toPixels(/** @type {Float32Array} */ (x), S);
    },
  };
}

/**
 * Computes the features of a dataset's images.
 *
 * @param {object} _
 * @param {Engine} engine
 * @returns {Promise<Job>}
 */
async function extractor(_, engine) {
  const { recipe, images } = loadMini();
  const { extractor: settings } = recipe.settings;
  if (!("classes" in settings)) throw new Error("recipe mini has no miniature extractor");
  const network = miniInception(settings.classes);
  const expected = Object.entries(network.weights).map(([name, shape]) => ({ name, shape }));
  const { values } = readWeights(join(recipe.folder, settings.weights), expected, "make it with 'bench pretrain'");
  const compiled = await compileExtractor(engine, network, values);
  return { about: { images: images.labels.length }, run: () => compiled.features(images.pixels) };
}

/**
 * The Fréchet distance of two sets with full-rank covariances, from their statistics.
 *
 * @param {{ dimension: number }} spec
 * @returns {Job}
 */
function frechet({ dimension: D }) {
  const statisticsOf = (/** @type {number} */ seed) => {
    const features = normals(seed, "features", 0, D * Math.ceil(1.25 * D)); // more samples than dimensions
    for (let i = 0; i < features.length; i++) features[i] *= 1 + (i % D) / D + seed / 10;
    return statistics(features, D);
  };
  const [a, b] = [statisticsOf(0), statisticsOf(1)];
  return { about: { dimension: D }, run: () => void frechetDistance(a, b) };
}
