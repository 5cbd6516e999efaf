// Samples images from noise. Each image depends on seed and index alone.
//
// N = batch, C = channels, S = side

import {
  type Compiled,
  type CompileOptions,
  type Engine,
  type Values as Inputs,
  type Parts,
  type Signature,
  type TensorFunction,
  wholeOf,
} from "@dit-bench/compiler";
import { applyGuidance, linearSchedule, respace, samplers, stepCoefficients } from "@dit-bench/diffusion";
import { type DitConfig, dit } from "@dit-bench/dit";
import type { Call, Values, WeightInfo, Weights } from "@dit-bench/method";
import { normals, permutation } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { Interrupted, NotFiniteSamples } from "../errors.ts";
import type { Listener } from "../events.ts";
import { firstNotFinite } from "../first-not-finite.ts";
import type { RecipeSettings } from "../recipe/recipe.ts";
import { samplingParts } from "../training/micro-batches.ts";
import { joinKeptSamples, type KeptSamples, openKeptSamples, type SamplesPlace } from "./kept-samples.ts";

export interface Network {
  readonly config: DitConfig;
  readonly infos: readonly WeightInfo[];
  readonly values: Values;
  /** The seam of a method that cannot be merged into the weights. */
  call?(weights: Weights): Call;
}

export interface SamplingTask {
  readonly engine: Engine;
  readonly network: Network;
  readonly settings: RecipeSettings["sampling"];
  readonly seed: number;
  /** The class of each image. The null class is `config.classes`; it is sampled without guidance. */
  readonly labels: Int32Array;
  /** Index of each image, from which its noise is made. Default: 0, 1, … */
  readonly indices?: readonly number[];
  /** Where finished batches are kept, so that an interrupted sampling continues. Default: nowhere. */
  readonly kept?: SamplesPlace | undefined;
  readonly listener: Listener;
}

/**
 * Samples one image per label. With `kept`, other processes may help: see `helpSampling`.
 *
 * @returns x [labels.length, C, S, S]: pixels in [-1, 1], or latents. The noise of image i depends on (seed, i), so the
 * batch size does not matter. `otherSeconds` is the time of the other processes that made some of them.
 * @throws Interrupted if the listener asks to stop; finished batches are kept if the task has a place for them
 * @throws NotFiniteSamples as soon as a batch has a value that is not finite
 */
export async function sample(task: SamplingTask): Promise<{ x: Float32Array; otherSeconds: number }> {
  const { labels, listener } = task;
  const { size, N, batches } = shapeOf(task);
  const x = new Float32Array(labels.length * size);
  const samplesOf = (b: number) => x.subarray(b * N * size, (b + 1) * N * size); // fewer in the last batch
  const kept = task.kept && openKeptSamples(task.kept, (b, values) => samplesOf(b).set(values), listener);
  const made = new Set<number>();
  const done = kept?.done ?? made;
  if (done.size > 0) {
    const images = [...done].reduce((sum, b) => sum + samplesOf(b).length / size, 0);
    listener.note?.(`sampling continues after ${images} of ${labels.length} images`);
  }
  const sampler = batchSampler(task, () => done.size);
  const make = async (b: number) => {
    samplesOf(b).set(await sampler.sample(b));
    made.add(b);
    await kept?.add(b, samplesOf(b));
  };
  try {
    if (!kept) for (const b of batches) await make(b);
    while (kept && done.size < batches.length) {
      await makeMissing(kept, batches, make);
      if (done.size === batches.length) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS)); // another process has claimed the rest
      stopIfAsked(listener);
      kept.refresh();
    }
  } finally {
    await endSampling(sampler, kept);
  }
  return { x, otherSeconds: kept?.otherSeconds ?? 0 };
}

/**
 * Makes batches of a sampling that another process has begun with the same key. Returns when each batch is finished or
 * claimed; at once if no process samples with this key. Of the listener only `stopping` is asked, since the progress is
 * that of the other process.
 *
 * @param begun called once, before the first batch
 */
export async function helpSampling(
  task: SamplingTask & { readonly kept: SamplesPlace },
  begun: () => void,
): Promise<void> {
  const kept = joinKeptSamples(task.kept);
  const { batches } = shapeOf(task);
  if (!kept || kept.done.size === batches.length) return;
  const { stopping } = task.listener;
  const sampler = batchSampler({ ...task, listener: stopping ? { stopping } : {} }, () => kept.done.size);
  let hasBegun = false;
  try {
    await makeMissing(kept, batches, async (b) => {
      if (!hasBegun) begun();
      hasBegun = true;
      await kept.add(b, Float32Array.from(await sampler.sample(b)));
    });
  } finally {
    await endSampling(sampler, kept);
  }
}

/** Frees the sampler and gives up the claims, whichever of the two fails. */
async function endSampling(sampler: BatchSampler, kept: KeptSamples | undefined): Promise<void> {
  try {
    await sampler.dispose();
  } finally {
    await kept?.flush();
  }
}

/** Milliseconds between two looks for batches that other processes make. */
const POLL_MS = 300;

/** Makes each batch that is neither finished nor claimed by another process. */
async function makeMissing(
  kept: KeptSamples,
  batches: readonly number[],
  make: (batch: number) => Promise<void>,
): Promise<void> {
  for (const b of batches) if (await kept.claim(b)) await make(b);
  await kept.flush();
}

/** Numbers of an image, images of a batch, and the numbers of all batches. */
function shapeOf({ network, settings, labels }: SamplingTask) {
  const { channels, inputSize: S } = network.config;
  const N = Math.min(settings.batch, labels.length);
  const batches = Array.from({ length: Math.ceil(labels.length / N) }, (_, b) => b);
  return { size: channels * S * S, N, batches };
}

function stopIfAsked(listener: Listener): void {
  if (listener.stopping?.()) throw new Interrupted("stopped while sampling; run the same command again to continue");
}

interface BatchSampler {
  /** Samples of a batch, [N, C, S, S], fewer in the last batch; they are valid until the next call. */
  sample(batch: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** @param doneBatches number of finished batches, for the progress */
function batchSampler(task: SamplingTask, doneBatches: () => number): BatchSampler {
  const { network, settings, seed, labels, listener } = task;
  const { config } = network;
  const { size, N, batches } = shapeOf(task);
  const noiseIndex = (i: number) => task.indices?.[i] ?? i;
  const guidance = labels.every((y) => y === config.classes) ? 1 : settings.guidance;
  const schedule = respace(linearSchedule(), settings.respacing);
  const compile = () => {
    const parts = task.engine.adapter === undefined ? samplingParts(config, N, guidance !== 1) : 1;
    return task.engine.compile(...samplerStep(network, { ...settings, guidance }, N, parts));
  };
  let compiled: Compiled | undefined;
  return {
    async sample(b) {
      compiled ??= await compile();
      const first = b * N;
      // The last batch is padded with repeated images, which are dropped afterwards.
      const indices = Array.from({ length: N }, (_, j) => (first + j) % labels.length);
      const x = new Float32Array(N * size);
      indices.forEach((i, j) => {
        x.set(normals(seed, "sample", noiseIndex(i), size), j * size);
      });
      await compiled.setState({ x });
      const y = Int32Array.from(indices, (i) => labels[i]!);
      for (let i = schedule.steps - 1; i >= 0; i--) {
        const inputs: Record<string, Inputs[string]> = { y, t: new Float32Array(N).fill(schedule.timesteps[i]!) };
        for (const [name, v] of Object.entries(stepCoefficients(schedule, settings.sampler, i, 1)))
          inputs[`p.${name}`] = v;
        if (samplers[settings.sampler].noise) {
          const noise = new Float32Array(N * size);
          indices.forEach((image, j) => {
            noise.set(normals(seed, `sample step ${i}`, noiseIndex(image), size), j * size);
          });
          inputs.noise = noise;
        }
        await compiled.run(inputs);
        listener.progress?.(
          doneBatches() * schedule.steps + schedule.steps - i,
          batches.length * schedule.steps,
          `${Math.min(labels.length, doneBatches() * N)} images`,
        );
        stopIfAsked(listener);
      }
      const { x: result } = await compiled.getState();
      const values = (result as Float32Array).subarray(0, Math.min(N, labels.length - first) * size);
      const bad = firstNotFinite(values);
      if (bad >= 0)
        throw new NotFiniteSamples(
          `image ${first + Math.floor(bad / size) + 1} of ${labels.length} has ${values[bad]}`,
          task.engine.name,
        );
      return values;
    },
    dispose: async () => compiled?.dispose(),
  };
}

/** Labels for `n` samples, in the proportions of the data. */
export function labelsLike(labels: Int32Array, n: number, seed: number): Int32Array {
  const order = permutation(seed, "sample labels", 0, labels.length);
  return Int32Array.from({ length: n }, (_, i) => labels[order[i % labels.length]!]!);
}

/**
 * The arguments of `Engine.compile` for one reverse step. State: x [N, C, S, S]. Inputs: t [N], y [N], the coefficients
 * `p.…` [1] of the schedule, and `noise` [N, C, S, S] if the sampler needs it.
 *
 * @param count number of equal micro-batches, which may run side by side
 */
export function samplerStep(
  network: Network,
  settings: Pick<RecipeSettings["sampling"], "sampler" | "guidance" | "guidedChannels" | "clipDenoised">,
  N: number,
  count = 1,
): [TensorFunction, Signature, CompileOptions] {
  const { config, infos, values } = network;
  const { channels: C, inputSize: S } = config;
  const sampler = samplers[settings.sampler];
  const coefficientNames = Object.keys(sampler.coefficients);
  const signature: Signature = {
    ...Object.fromEntries(infos.map(({ name, shape }) => [`w.${name}`, { shape, value: values[name]! }])),
    x: { shape: [N, C, S, S] },
    t: { shape: [N] },
    y: { shape: [N], dtype: "int32" },
    ...Object.fromEntries(coefficientNames.map((name) => [`p.${name}`, { shape: [1] }])),
    ...(sampler.noise ? { noise: { shape: [N, C, S, S] } } : {}),
  };
  const step: TensorFunction = (given) => {
    const weights = Object.fromEntries(infos.map(({ name }) => [name, given[`w.${name}`]!]));
    const { x, t, y } = given as Record<"x" | "t" | "y", tf.Tensor>;
    const { sample_NCHW } = sampler.step({
      output_N2CHW: predict(weights, x, t, y),
      xt_NCHW: x,
      ...(given.noise && { noise_NCHW: given.noise }),
      coefficients: Object.fromEntries(coefficientNames.map((name) => [name, given[`p.${name}`]!])),
      clipDenoised: settings.clipDenoised,
    });
    return { x: sample_NCHW };
  };
  /** The network's output with classifier-free guidance: labels and null class run as one batch of 2N. */
  const predict = (weights: Weights, x: tf.Tensor, t: tf.Tensor, y: tf.Tensor): tf.Tensor => {
    const call = network.call?.(weights);
    if (settings.guidance === 1) return dit(weights, config, x, t, y, call);
    const nullClass = tf.fill([x.shape[0]!], config.classes, "int32");
    const output = dit(weights, config, tf.concat([x, x]), tf.concat([t, t]), tf.concat([y, nullClass]), call);
    const [labelled, unlabelled] = tf.split(output, 2) as [tf.Tensor, tf.Tensor];
    return applyGuidance(labelled, unlabelled, settings.guidance, settings.guidedChannels);
  };
  const split = ["x", "t", "y", ...(sampler.noise ? ["noise"] : [])];
  const parts: Parts = { count, split, part: step, rows: ["x"] };
  return [wholeOf(parts), signature, { name: "sampling step", state: ["x"], parts }];
}
