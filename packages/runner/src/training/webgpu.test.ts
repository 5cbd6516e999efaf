// Whole training and sampling steps on WebGPU, compared with the cpu engine. Skipped if there is no Vulkan driver; a
// driver that computes on the CPU, such as SwiftShader, will do (docs/engines.md). Shaders are made during the first
// step, which takes its time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CompileOptions,
  createEngine,
  describeEngines,
  type Engine,
  readProfile,
  type Signature,
  type TensorFunction,
  type Values,
} from "@dit-bench/compiler";
import { adamwCoefficients, linearSchedule, type SamplerName, samplerNames } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { miniInception } from "@dit-bench/metrics";
import { normals } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadMethods } from "../methods/methods.ts";
import { samplerStep } from "../sampling/sample.ts";
import { denoisingBatch } from "./batches.ts";
import { denoisingStep } from "./denoising-step.ts";
import { initialState, trainingStep } from "./optimizer-step.ts";
import { tinyConfig, tinyImages, tinyWeights } from "./tiny-dit.test.data.ts";
import { keys } from "./tiny-training.test.data.ts";

const webgpu = (await describeEngines()).find(({ name }) => name === "webgpu")!;
if (!webgpu.available) console.warn(`steps on webgpu are left out: ${webgpu.reason}: ${webgpu.how}`);

const config = tinyConfig(2);
const model = ditModel(config);
const optimizer = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } as const;
const base = tinyWeights(config);
const methods = await loadMethods();

interface Step {
  readonly compile: readonly [TensorFunction, Signature, CompileOptions];
  readonly state: Values;
  readonly trainable?: ReturnType<typeof attach>["trainable"];
  inputs(i: number): Values;
}

function training(name: string): Step {
  const adapted = attach(methods.find(({ method }) => method.name === name)!.method, model);
  const step = denoisingStep(adapted, config, base, 4, { optimizer, emaDecay: 0.9 });
  const settings = { batch: 4, seed: 0, flip: true, labelDropout: 0.1, nullClass: 3 };
  return {
    compile: trainingStep(step),
    state: { ...initialState(adapted.trainable, adapted.initial(base, 0)) },
    trainable: adapted.trainable,
    inputs: (i) => ({
      ...denoisingBatch(tinyImages, linearSchedule(), settings, i),
      ...Object.fromEntries(Object.entries(adamwCoefficients(i + 1, optimizer)).map(([k, v]) => [`adamw.${k}`, v])),
    }),
  };
}

/** One reverse step, with guidance. */
function sampling(sampler: SamplerName): Step {
  const network = { config, infos: model.weights, values: base };
  const settings = { sampler, guidance: 1.5, guidedChannels: "all", clipDenoised: true } as const;
  const compile = samplerStep(network, settings, 2);
  const inputs = Object.entries(compile[1]).filter(([key, { value }]) => value === undefined && key !== "x");
  return {
    compile,
    state: { x: normals(0, "x", 0, 2 * 192) },
    inputs: (i) =>
      Object.fromEntries(
        inputs.map(([key, { shape }]) => [
          key,
          key === "y"
            ? Int32Array.of(0, 2)
            : key === "t"
              ? new Float32Array(2).fill(999 - 300 * i)
              : Float32Array.from(normals(i, key, 0, size(shape)), (z) => (key === "noise" ? z : 0.5 + 0.1 * z)),
        ]),
      ),
  };
}

function extracting(): Step {
  const extractor = miniInception(3);
  const names = Object.keys(extractor.weights);
  const weights = names.map((name): [string, Signature[string]] => {
    const shape = extractor.weights[name]!;
    return [`w.${name}`, { shape, value: Float32Array.from(normals(0, name, 0, size(shape))) }];
  });
  return {
    compile: [
      (given) => ({
        features: extractor.features(
          Object.fromEntries(names.map((name) => [name, given[`w.${name}`]!])),
          given.x as tf.Tensor4D,
        ),
      }),
      { x: { shape: [2, 32, 32, 3] }, ...Object.fromEntries(weights) },
      {},
    ],
    state: {},
    inputs: () => ({ x: Float32Array.from(normals(0, "images", 0, 2 * 32 * 32 * 3)) }),
  };
}

let folder: string;
let gpu: Engine;
let cpu: Engine;
beforeAll(async () => {
  await tf.setBackend("cpu");
  folder = mkdtempSync(join(tmpdir(), "dit-bench-"));
  cpu = await createEngine("cpu", { threads: 1 });
  if (webgpu.available) gpu = await createEngine("webgpu");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the step `runs` times. Before each run in `breaks`, saves the state, compiles again and restores it. */
async function run(engine: Engine, step: Step, runs: number, profile?: string, breaks: readonly number[] = []) {
  const compile = () =>
    engine.compile(step.compile[0], step.compile[1], { ...step.compile[2], ...(profile ? { profile } : {}) });
  let compiled = await compile();
  await compiled.setState(step.state);
  const outputs: Values[] = [];
  for (let i = 0; i < runs; i++) {
    if (breaks.includes(i)) {
      const state = await compiled.getState();
      await compiled.dispose();
      compiled = await compile();
      await compiled.setState(state);
    }
    outputs.push(await compiled.run(step.inputs(i)));
  }
  const state = await compiled.getState();
  await compiled.dispose();
  return { outputs, state };
}

/** Nodes that did not run on WebGPU, and copies between WebGPU and CPU memory. */
function nodesOffGpu(prefix: string): string[] {
  const nodes = readProfile(prefix);
  expect(nodes.length).toBeGreaterThan(10);
  return nodes
    .filter(({ provider, op }) => provider !== "WebGpuExecutionProvider" || op.startsWith("Memcpy"))
    .map(({ name, op }) => `${op} ${name}`);
}

/** The largest difference, as a share of the largest value. */
function largestDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  skip: (i: number) => boolean = () => false,
): number {
  let [largest, worst] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(b[i]!));
    if (!skip(i)) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  }
  return worst / largest;
}

/** The keys' bias has no true gradient: AdamW turns its rounding into steps of up to the learning rate. */
function withoutGradient(trainable: Step["trainable"]): (i: number) => boolean {
  const D = config.width;
  const ranges: [number, number][] = [];
  let at = 0;
  for (const { name, shape } of trainable ?? []) {
    if (keys.test(name)) ranges.push([at + D, at + 2 * D]);
    at += size(shape);
  }
  return (i) => ranges.some(([from, to]) => i >= from && i < to);
}

/** Time limit: the first step compiles all shaders. */
const SHADERS_MS = 300_000;

describe.skipIf(!webgpu.available)("on webgpu", () => {
  it.each(methods.map(({ method }) => method.name))(
    "runs five AdamW steps of %s without leaving the GPU, losses within 5e-6 and weights within 5e-5 of cpu",
    async (name) => {
      const step = training(name);
      const profile = join(folder, name);
      const [onGpu, onCpu] = [await run(gpu, step, 5, profile), await run(cpu, step, 5)];
      expect(nodesOffGpu(profile)).toEqual([]);
      const losses = onCpu.outputs.map(({ loss }, i) => Math.abs(onGpu.outputs[i]!.loss![0]! / loss![0]! - 1));
      expect(Math.max(...losses)).toBeLessThan(5e-6);
      const skip = withoutGradient(step.trainable);
      for (const key of ["weights", "ema", "moment1"]) {
        const worst = largestDifference(onGpu.state[key]!, onCpu.state[key]!, skip);
        expect(worst, key).toBeLessThan(5e-5);
      }
      expect(onGpu.state.weights).not.toEqual(step.state.weights);
    },
    SHADERS_MS,
  );

  it.each(samplerNames)(
    "runs steps of the %s sampler without leaving the GPU, images within 1e-5 of cpu",
    async (sampler) => {
      const step = sampling(sampler);
      const profile = join(folder, sampler);
      const [onGpu, onCpu] = [await run(gpu, step, 3, profile), await run(cpu, step, 3)];
      expect(nodesOffGpu(profile)).toEqual([]);
      expect(largestDifference(onGpu.state.x!, onCpu.state.x!)).toBeLessThan(1e-5);
    },
    SHADERS_MS,
  );

  it(
    "runs the feature extractor without leaving the GPU, features within 1e-5 of cpu",
    async () => {
      const profile = join(folder, "extractor");
      const [onGpu, onCpu] = [await run(gpu, extracting(), 1, profile), await run(cpu, extracting(), 1)];
      expect(nodesOffGpu(profile)).toEqual([]);
      expect(largestDifference(onGpu.outputs[0]!.features!, onCpu.outputs[0]!.features!)).toBeLessThan(1e-5);
    },
    SHADERS_MS,
  );

  it(
    "gives bit-identical results on every run, also when interrupted and resumed",
    async () => {
      const step = training("difffit");
      const [first, second, resumed] = [
        await run(gpu, step, 4),
        await run(gpu, step, 4),
        await run(gpu, step, 4, undefined, [1, 3]),
      ];
      expect(second).toEqual(first);
      expect(resumed).toEqual(first);
    },
    SHADERS_MS,
  );
});
