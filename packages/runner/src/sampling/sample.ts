// Samples images from noise. Each image depends on seed and index alone.
//
// N = batch, C = channels, S = side

import {
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
import { openKeptSamples, type SamplesPlace } from "./kept-samples.ts";

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
  readonly kept?: Omit<SamplesPlace, "listener"> | undefined;
  readonly listener: Listener;
}

/**
 * Samples one image per label.
 *
 * @returns x [labels.length, C, S, S]: pixels in [-1, 1], or latents. The noise of image i depends on (seed, i), so the
 * batch size does not matter. `earlierSeconds` is the time of the processes that made the kept samples.
 * @throws Interrupted if the listener asks to stop; finished batches are kept if the task has a place for them
 * @throws NotFiniteSamples as soon as a batch has a value that is not finite
 */
export async function sample(task: SamplingTask): Promise<{ x: Float32Array; earlierSeconds: number }> {
  const { network, settings, labels, listener } = task;
  const { channels, inputSize: S } = network.config;
  const size = channels * S * S;
  const N = Math.min(settings.batch, labels.length);
  const made = new Float32Array(labels.length * size);
  const batches = Array.from({ length: Math.ceil(labels.length / N) }, (_, b) => b);
  const samplesOf = (b: number) => made.subarray(b * N * size, (b + 1) * N * size); // fewer in the last batch
  const kept = task.kept && openKeptSamples({ ...task.kept, listener });
  for (const [b, values] of kept?.batches ?? []) samplesOf(b).set(values);
  const missing = batches.filter((b) => !kept?.batches.has(b));
  if (missing.length < batches.length) {
    const done = labels.length - missing.reduce((sum, b) => sum + samplesOf(b).length / size, 0);
    listener.note?.(`sampling continues after ${done} of ${labels.length} images`);
  }
  if (missing.length > 0)
    try {
      await sampleBatches(task, missing, (b, values) => {
        samplesOf(b).set(values);
        kept?.add(b, samplesOf(b));
      });
    } finally {
      kept?.flush();
    }
  return { x: made, earlierSeconds: kept?.seconds ?? 0 };
}

/**
 * Samples batches by number.
 *
 * @param finished gets the samples of each batch, [N, C, S, S], fewer in the last batch; they are valid during the call
 */
async function sampleBatches(
  task: SamplingTask,
  batches: readonly number[],
  finished: (batch: number, values: Float32Array) => void,
): Promise<void> {
  const { network, settings, seed, labels, listener } = task;
  const { config } = network;
  const S = config.inputSize;
  const size = config.channels * S * S;
  const noiseIndex = (i: number) => task.indices?.[i] ?? i;
  const N = Math.min(settings.batch, labels.length);
  const guidance = labels.every((y) => y === config.classes) ? 1 : settings.guidance;
  const schedule = respace(linearSchedule(), settings.respacing);
  const parts = task.engine.adapter === undefined ? samplingParts(config, N, guidance !== 1) : 1;
  const compiled = await task.engine.compile(...samplerStep(network, { ...settings, guidance }, N, parts));
  const all = Math.ceil(labels.length / N);
  let done = all - batches.length;
  try {
    for (const b of batches) {
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
          done * schedule.steps + schedule.steps - i,
          all * schedule.steps,
          `${Math.min(labels.length, done * N)} images`,
        );
        if (listener.stopping?.())
          throw new Interrupted("stopped while sampling; run the same command again to continue");
      }
      const { x: result } = await compiled.getState();
      const values = (result as Float32Array).subarray(0, Math.min(N, labels.length - first) * size);
      const bad = firstNotFinite(values);
      if (bad >= 0)
        throw new NotFiniteSamples(
          `image ${first + Math.floor(bad / size) + 1} of ${labels.length} has ${values[bad]}`,
          task.engine.name,
        );
      finished(b, values);
      done++;
    }
  } finally {
    await compiled.dispose();
  }
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
