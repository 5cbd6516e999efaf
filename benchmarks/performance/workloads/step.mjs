// Compiles the runner's functions for a training step of one method, or for a sampling step, of a DiT of a given shape.
//
// The DiT has patches of 2 over 4 channels, 101 classes, random weights and a random batch. A training step is the
// diffusion loss, the gradients of all trained weights, and AdamW. It leaves out the moving average that a run keeps.
// A sampling step is the network and the DDIM update, without guidance.
//
// N = batch, C = channels, S = side

import { wholeOf } from "@dit-bench/compiler";
import { adamwCoefficients, linearSchedule, stepCoefficients, trainingCoefficients } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { integers, normals } from "@dit-bench/random";
import {
  denoisingStep,
  initialState,
  samplerStep,
  samplingParts,
  trainingMicroBatches,
  trainingStep,
} from "@dit-bench/runner/parts";
import { CHANNELS, PATCH } from "../flops.mjs";

/** @import { Adapted, Model } from "@dit-bench/method" */
/** @import { DitConfig } from "@dit-bench/dit" */
/** @import { Engine, Parts } from "@dit-bench/compiler" */
/** @import { Graph, Job, Shape } from "../types.ts" */
/** @typedef {Record<string, Float32Array>} Values */

const CLASSES = 101;
const optimizer = { lr: 1e-4, betas: /** @type {const} */ ([0.9, 0.999]), eps: 1e-8, weightDecay: 0 };
const schedule = linearSchedule();

/**
 * @param {Pick<Shape, "width" | "depth" | "heads" | "tokens">} shape
 * @returns {DitConfig}
 * @throws if `tokens` is not a square number
 */
export function configOf({ width, depth, heads, tokens }) {
  const side = Math.sqrt(tokens);
  if (!Number.isInteger(side)) throw new Error(`tokens is ${tokens}, expected a square number such as 64 or 256`);
  const rest = { patchSize: PATCH, channels: CHANNELS, mlpRatio: 4, classes: CLASSES, learnSigma: true };
  return { name: `DiT ${width} × ${depth}`, inputSize: PATCH * side, width, depth, heads, ...rest };
}

/**
 * @param {{ method: string, shape: Shape }} spec
 * @param {Engine} engine
 * @returns {Promise<Job>}
 */
export async function prepare({ method, shape }, engine) {
  const config = configOf(shape);
  const model = ditModel(config);
  const base = Object.fromEntries(model.weights.map(({ name, shape }) => [name, randomNormal(name, shape, 0.02)]));
  if (method === "sample") return samplingStep(config, model, base, shape.batch, engine);
  const { default: methodPackage } = await import(`@dit-bench/method-${method}`);
  const adapted = attach(methodPackage, model);
  const [fn, signature, options] = methodStep(adapted, config, base, shape.batch, engine);
  const compiled = await engine.compile(fn, signature, options);
  const { ema: _, ...rest } = initialState(adapted.trainable, adapted.initial(base, 0));
  /** @type {Values} */
  const state = rest;
  for (const name of Object.keys(state)) {
    await compiled.setState({ [name]: state[name] });
    delete state[name]; // two copies of the full state of DiT-XL/2 would not fit into memory
  }
  const batch = batchOf(config, shape.batch);
  let k = 0;
  return {
    about: { trainable: adapted.parameters, ...compileTimes(compiled) },
    run() {
      const coefficients = Object.entries(adamwCoefficients(++k, optimizer)).map(([c, v]) => [`adamw.${c}`, v]);
      return compiled.run({ ...batch, ...Object.fromEntries(coefficients) });
    },
  };
}

/**
 * The runner's training step without its moving average, for `engine.compile`.
 *
 * @param {Adapted} adapted
 * @param {DitConfig} config
 * @param {Values} base
 * @param {number} N
 * @param {Engine} [engine] decides the number of micro-batches; without an engine, one
 * @returns {ReturnType<typeof trainingStep>}
 */
export function methodStep(adapted, config, base, N, engine) {
  const onCpu = engine !== undefined && engine.adapter === undefined;
  const microBatches = onCpu ? trainingMicroBatches(config, adapted.parameters, N) : undefined;
  const [, signature, { parts, ...options }] = trainingStep(
    denoisingStep(adapted, config, base, N, { optimizer, emaDecay: 0, ...(microBatches && { microBatches }) }),
  );
  const { ema: _, ...withoutAverage } = signature;
  /** @type {Parts} */
  const partsWithoutAverage = {
    .../** @type {Parts} */ (parts),
    finish(inputs) {
      const { ema: _, ...outputs } = parts?.finish?.({ ...inputs, ema: inputs.weights }) ?? {};
      return outputs;
    },
  };
  const state = options.state?.filter((name) => name !== "ema") ?? [];
  return [wholeOf(partsWithoutAverage), withoutAverage, { ...options, state, parts: partsWithoutAverage }];
}

/**
 * @param {DitConfig} config
 * @param {Model} model
 * @param {Values} base
 * @param {number} N
 * @param {Engine} engine
 * @returns {Promise<Job>}
 */
async function samplingStep(config, model, base, N, engine) {
  /** @type {Parameters<typeof samplerStep>[1]} */
  const settings = { sampler: "ddim", guidance: 1, guidedChannels: "all", clipDenoised: true }; // keeps x finite
  const parts = engine.adapter === undefined ? samplingParts(config, N, false) : 1;
  const network = { config, infos: model.weights, values: base };
  const compiled = await engine.compile(...samplerStep(network, settings, N, parts));
  const { x0, t, y } = batchOf(config, N);
  await compiled.setState({ x: x0 });
  const coefficients = Object.entries(stepCoefficients(schedule, "ddim", 500, 1)).map(([name, v]) => [`p.${name}`, v]);
  const inputs = { t, y, ...Object.fromEntries(coefficients) };
  return {
    about: { trainable: 0, ...compileTimes(compiled) },
    async run() {
      await compiled.run(inputs);
      if (engine.adapter !== undefined) await compiled.getState("view"); // waits until the device has finished
    },
  };
}

/**
 * @param {DitConfig} config
 * @param {number} N
 */
function batchOf({ channels: C, inputSize: S, classes }, N) {
  const t = Int32Array.from(integers(0, "t", 0, N, schedule.steps));
  const coefficients = Object.entries(trainingCoefficients(schedule, t)).map(([name, v]) => [`q.${name}`, v]);
  return {
    x0: randomNormal("x0", [N, C, S, S]),
    noise: randomNormal("noise", [N, C, S, S]),
    t: Float32Array.from(t),
    y: Int32Array.from(integers(0, "y", 0, N, classes)),
    ...Object.fromEntries(coefficients),
  };
}

/** @param {Graph} compiled */
export const compileTimes = ({ report: { traceMs, sessionMs, nodes } }) => ({
  trace_ms: Math.round(traceMs),
  session_ms: Math.round(sessionMs),
  nodes,
});

/**
 * Returns normal numbers. Large tensors repeat the same 2^20 numbers, since sampling all would take longer than a row.
 *
 * @param {string} name
 * @param {readonly number[]} shape
 * @param {number} [std] standard deviation
 */
function randomNormal(name, shape, std = 1) {
  const count = size(shape);
  const block = normals(0, name, 0, Math.min(count, 2 ** 20)).map((z) => std * z);
  const values = new Float32Array(count);
  for (let at = 0; at < count; at += block.length) values.set(block.subarray(0, count - at), at);
  return values;
}
