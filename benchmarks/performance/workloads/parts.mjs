// What a run does besides its step, at the settings of recipe mini: batches, image files, sampling, features, the Fréchet distance; and the
// training loop with and without making its batches.

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

const parts = { loop, batching, decoding, sampler, extractor, frechet };

/** @returns `{ about, run, close? }`; `about.images` is how many images one run deals with */
export function prepare({ work, ...spec }, engine) {
  const part = parts[work];
  if (!part) throw new Error(`work '${work}' is not known: wanted step, products, ${Object.keys(parts).join(", ")}`);
  return part(spec, engine);
}

function mini() {
  const recipe = loadRecipe("mini");
  const { data, model, training } = recipe.settings;
  const { pixels, labels } = drawMiniature(miniatures[0], {
    perClass: data.perClass,
    seed: data.seed,
    size: model.inputSize,
  });
  const batch = {
    batch: training.batch,
    seed: 0,
    flip: data.flip,
    labelDropout: training.labelDropout,
    nullClass: model.classes,
  };
  const images = { pixels, labels, size: model.inputSize };
  return { recipe, images, batchAt: (step) => denoisingBatch(images, linearSchedule(), batch, step) };
}

/** The training loop of DiffFit: each step with a batch of its own, or with `batching: false` all with the first. */
async function loop({ method, batching }, engine) {
  const { recipe, batchAt } = mini();
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

/** Making batches alone. */
function batching() {
  const { recipe, batchAt } = mini();
  let k = 0;
  return { about: { images: recipe.settings.training.batch }, run: () => void batchAt(k++) };
}

/** A folder of JPEG files of 500 × 375 pixels, as flower photographs have, read, cropped and scaled to `size`. */
async function decoding({ size, files }) {
  const { default: sharp } = await import("sharp");
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-decoding-"));
  const classes = 2;
  const drawn = drawMiniature(miniatures[0], { perClass: Math.ceil(files / classes), seed: 0, size: 32 });
  const bytes = 32 * 32 * 3;
  for (let i = 0; i < files; i++) {
    const pixels = drawn.pixels.subarray(i * bytes, (i + 1) * bytes);
    const place = join(folder, `class-${i % classes}`);
    mkdirSync(place, { recursive: true });
    const noise = {
      create: {
        width: 500,
        height: 375,
        channels: 3,
        background: "black",
        noise: { type: "gaussian", mean: 128, sigma: 12 },
      },
    };
    const grain = await sharp(noise).png().toBuffer(); // a drawing alone has nothing fine in it, and decodes faster than a photograph
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
      .resize(500, 375, { fit: "fill" })
      .composite([{ input: grain, blend: "soft-light" }])
      .jpeg({ quality: 90 })
      .toFile(join(place, `${i}.jpg`));
  }
  return {
    about: { images: files },
    run: () => loadFolder(folder, { size, strict: true }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** One batch of samples, from noise to pixels, with the guidance and the steps of the recipe. */
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
      toPixels((await compiled.getState()).x, S);
    },
  };
}

/** Features of a batch of images. */
async function extractor(_, engine) {
  const { recipe, images } = mini();
  const { extractor: settings } = recipe.settings;
  const network = miniInception(settings.classes);
  const wanted = Object.entries(network.weights).map(([name, shape]) => ({ name, shape }));
  const { values } = readWeights(join(recipe.folder, settings.weights), wanted, "make it with 'bench pretrain'");
  const compiled = await compileExtractor(engine, network, values);
  return { about: { images: images.labels.length }, run: () => compiled.features(images.pixels) };
}

/** The distance between two sets whose covariances are of full rank, their statistics being there. */
function frechet({ dimension: D }) {
  const set = (seed) => {
    const features = normals(seed, "features", 0, D * Math.ceil(1.25 * D)); // more samples than dimensions
    for (let i = 0; i < features.length; i++) features[i] *= 1 + (i % D) / D + seed / 10;
    return statistics(features, D);
  };
  const [a, b] = [set(0), set(1)];
  return { about: { dimension: D }, run: () => void frechetDistance(a, b) };
}
