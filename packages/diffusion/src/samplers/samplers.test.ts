// The samplers against the official DiT code's values, and against the closed form of the process.
//
// N = batch, C = channels, H = height, W = width

import { normals } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { difference, fixture, networkWeights, predict, relativeDifference, tensors } from "../fixture.test.data.ts";
import { applyGuidance } from "../guidance.ts";
import { respace } from "../respacing.ts";
import { linearSchedule, type Schedule } from "../schedule.ts";
import { addNoise, trainingCoefficients } from "../training.ts";
import type { Sampler, StepInput } from "./sampler.ts";
import { ddim, ddpm } from "./samplers.ts";
import { type SamplerName, samplerNames, samplers, stepCoefficients } from "./table.ts";

beforeAll(() => tf.setBackend("cpu"));

const schedule = linearSchedule();

/** The coefficients of step i as tensors [n]. */
const at = (process: Schedule, name: SamplerName, i: number, n = 1) => tensors(stepCoefficients(process, name, i, n));

describe("one reverse step, against the official code", () => {
  const official = fixture("diffusion_sampling");
  const tenSteps = respace(schedule, "10");
  const indices = official.steps("step.i");

  /** Each row of the fixture is at another step. */
  const coefficientsOf = (sampler: SamplerName) =>
    tensors(
      Object.fromEntries(
        Object.entries(samplers[sampler].coefficients).map(([name, valueAt]) => [
          name,
          Float32Array.from(indices, (i) => valueAt(tenSteps, i)),
        ]),
      ),
    );

  it.each([
    ["clip", true],
    ["noclip", false],
  ])("has the same mean, variance, predicted x_0 and sample (%s)", (name, clipDenoised) => {
    expect(indices).toContain(0);
    expect([...indices].map((i) => tenSteps.timesteps[i])).toEqual(official.numbers("step.t"));
    const x = official.tensor("step.x");
    const output = predict(networkWeights(), x, official.steps("step.t"), official.steps("step.y"));
    const input = { output_N2CHW: output, xt_NCHW: x, noise_NCHW: official.tensor("step.noise"), clipDenoised };
    const ancestral = ddpm.step({ ...input, coefficients: coefficientsOf("ddpm") });
    const implicit = ddim.step({ ...input, coefficients: coefficientsOf("ddim") });
    const got = {
      pred_xstart: ancestral.xstart_NCHW,
      mean: ancestral.mean_NCHW,
      log_variance: ancestral.logVariance_NCHW,
      variance: tf.exp(ancestral.logVariance_NCHW),
      sample: ancestral.sample_NCHW,
      ddim_sample: implicit.sample_NCHW,
    };
    for (const [key, value] of Object.entries(got)) {
      const want = official.rows(`step.${name}.${key}`);
      // clipping keeps the rounding of what it clips, which is up to 850
      const scale = key === "pred_xstart" ? official.rows("step.noclip.pred_xstart") : want;
      // the official code takes sqrt(1 - A_t-1) in float32, which near A = 1 costs DDIM 1e-5
      const within = key === "ddim_sample" ? 2e-5 : 1e-5;
      tf.unstack(value).forEach((row, n) => {
        const largest = Math.max(...tf.abs(scale[n]!).dataSync());
        expect(difference(row, want[n]!) / largest, `${key} at step ${indices[n]}`).toBeLessThan(within);
      });
    }
  });
});

describe("whole sampling loops, against the official code", () => {
  const official = fixture("diffusion_sampling");

  it.each([
    { loop: "p", sampler: "ddpm", respacing: "10", clipDenoised: false },
    { loop: "p_clip", sampler: "ddpm", respacing: "10", clipDenoised: true },
    { loop: "ddim", sampler: "ddim", respacing: "ddim10", clipDenoised: false },
  ] as const)("gives the same samples after every step ($loop)", ({ loop, sampler, respacing, clipDenoised }) => {
    const w = networkWeights();
    const y = official.steps(`${loop}.y`);
    const noise = samplers[sampler].noise ? official.rows(`${loop}.noise`) : [];
    const wanted = official.rows(`${loop}.steps`);
    const process = respace(schedule, respacing);
    let x = official.tensor(`${loop}.z`);
    const seen: number[] = [];
    wanted.forEach((want, k) => {
      const i = process.steps - 1 - k;
      const timestep = process.timesteps[i]!;
      seen.push(timestep);
      x = samplers[sampler].step({
        output_N2CHW: predict(w, x, new Int32Array(y.length).fill(timestep), y),
        xt_NCHW: x,
        ...(noise[k] && { noise_NCHW: noise[k] }),
        coefficients: at(process, sampler, i, y.length),
        clipDenoised,
      }).sample_NCHW;
      expect(relativeDifference(x, want), `after step ${i}`).toBeLessThan(1e-5);
    });
    expect(seen).toEqual(official.numbers(`${loop}.t`));
  });

  it.each([
    { loop: "p_cfg", sampler: "ddpm", respacing: "10" },
    { loop: "ddim_cfg", sampler: "ddim", respacing: "ddim10" },
  ] as const)("gives the same samples with guidance 1.5 on three channels ($loop)", ({ loop, sampler, respacing }) => {
    const w = networkWeights();
    // the second half of the official batch is the null class; it starts equal and is never looked at
    const half = official.steps(`${loop}.y`).length / 2;
    const firstHalf = (x: tf.Tensor) => tf.slice(x, 0, half);
    const y = official.steps(`${loop}.y`).slice(0, half);
    const none = official.steps(`${loop}.y`).slice(half);
    const noise = samplers[sampler].noise ? official.rows(`${loop}.noise`).map(firstHalf) : [];
    const process = respace(schedule, respacing);
    let x = firstHalf(official.tensor(`${loop}.z`));
    official.rows(`${loop}.steps`).forEach((want, k) => {
      const i = process.steps - 1 - k;
      const t = new Int32Array(half).fill(process.timesteps[i]!);
      x = samplers[sampler].step({
        output_N2CHW: applyGuidance(predict(w, x, t, y), predict(w, x, t, none), 1.5, "three"),
        xt_NCHW: x,
        ...(noise[k] && { noise_NCHW: noise[k] }),
        coefficients: at(process, sampler, i),
        clipDenoised: false,
      }).sample_NCHW;
      expect(relativeDifference(x, firstHalf(want)), `after step ${i}`).toBeLessThan(1e-5);
    });
  });
});

describe("a sampler that is given the true noise", () => {
  const shape = [3, 4, 8, 8];
  const sampleNormal = (purpose: string) => tf.tensor(normals(11, purpose, 0, 3 * 4 * 8 * 8), shape);

  /** x_0, and what a step sees at x_t if the network knew the noise. */
  function oracle(t: number, process = schedule) {
    const x0_NCHW = tf.tanh(sampleNormal("x0"));
    const epsilon_NCHW = sampleNormal("noise");
    const coefficients = tensors(trainingCoefficients(process, new Int32Array(3).fill(t)));
    const xt_NCHW = addNoise(x0_NCHW, epsilon_NCHW, coefficients);
    const output_N2CHW = tf.concat([epsilon_NCHW, tf.fill(shape, -1)], 1); // -1: the posterior's variance
    return { x0_NCHW, epsilon_NCHW, xt_NCHW, output_N2CHW, noise_NCHW: sampleNormal("step noise") };
  }

  it.each(samplerNames)("recovers x_0 at the last step (%s)", (name) => {
    for (const clipDenoised of [false, true]) {
      const input = { ...oracle(0), coefficients: at(schedule, name, 0), clipDenoised };
      expect(difference(samplers[name].step(input).sample_NCHW, input.x0_NCHW)).toBeLessThan(1e-6);
    }
  });

  it.each(samplerNames)("predicts x_0 at every step, without clipping (%s)", (name) => {
    for (const i of [0, 10, 400]) {
      const input = { ...oracle(i), coefficients: at(schedule, name, i), clipDenoised: false };
      expect(difference(samplers[name].step(input).xstart_NCHW, input.x0_NCHW)).toBeLessThan(1e-4);
    }
  });

  it.each(samplerNames)("gives the same with one coefficient for all samples as with one for each (%s)", (name) => {
    const input = { ...oracle(300), clipDenoised: false };
    const step = (n: number) => samplers[name].step({ ...input, coefficients: at(schedule, name, 300, n) }).sample_NCHW;
    expect(difference(step(1), step(3))).toBe(0);
  });

  it("goes through the same noise at each level with DDIM", () => {
    const process = respace(schedule, "50");
    const { x0_NCHW, epsilon_NCHW, xt_NCHW, output_N2CHW } = oracle(49, process);
    let x_NCHW: tf.Tensor = xt_NCHW;
    for (let i = 49; i >= 0; i--) {
      const coefficients = at(process, "ddim", i);
      x_NCHW = ddim.step({ output_N2CHW, xt_NCHW: x_NCHW, coefficients, clipDenoised: false }).sample_NCHW;
      const level_NCHW =
        i === 0
          ? x0_NCHW
          : addNoise(x0_NCHW, epsilon_NCHW, tensors(trainingCoefficients(process, new Int32Array(3).fill(i - 1))));
      // The first step multiplies x_t, and its rounding of 2e-7, by 157.
      expect(difference(x_NCHW, level_NCHW), `after step ${i}`).toBeLessThan(5e-4);
    }
  });

  it("leads with DDIM from the clipped x_0 to x_t, not along the predicted noise", () => {
    const { xt_NCHW, output_N2CHW } = oracle(500);
    const { sample_NCHW, xstart_NCHW } = ddim.step({
      output_N2CHW: tf.mul(output_N2CHW, 3),
      xt_NCHW,
      coefficients: at(schedule, "ddim", 500),
      clipDenoised: true,
    });
    expect(Math.max(...xstart_NCHW.abs().dataSync())).toBe(1);
    const [a, b] = [schedule.alphasCumprod[500]!, schedule.alphasCumprod[499]!];
    const direction_NCHW = tf.div(tf.sub(xt_NCHW, tf.mul(xstart_NCHW, Math.sqrt(a))), Math.sqrt(1 - a));
    const wanted_NCHW = tf.add(tf.mul(xstart_NCHW, Math.sqrt(b)), tf.mul(direction_NCHW, Math.sqrt(1 - b)));
    expect(difference(sample_NCHW, wanted_NCHW)).toBeLessThan(1e-5);
  });

  it("has with DDPM the mean and variance of q(x_t-1 | x_t, x_0), which keeps the marginal of x_t-1", () => {
    for (const t of [1, 10, 400, 999]) {
      const input = oracle(t);
      const { x0_NCHW, xt_NCHW } = input;
      const coefficients = at(schedule, "ddpm", t);
      const { mean_NCHW, logVariance_NCHW } = ddpm.step({ ...input, coefficients, clipDenoised: false });
      const [c1, c2] = [schedule.posteriorMeanCoef1[t]!, schedule.posteriorMeanCoef2[t]!];
      expect(difference(mean_NCHW, tf.add(tf.mul(x0_NCHW, c1), tf.mul(xt_NCHW, c2)))).toBeLessThan(1e-5);
      const variance = schedule.posteriorVariance[t]!;
      expect(difference(tf.exp(logVariance_NCHW), tf.fill(shape, variance))).toBeLessThan(1e-7);
      // E and Var of x_t-1 over q(x_t | x_0): sqrt(A_t-1) x_0 and 1 - A_t-1
      const before = schedule.alphasCumprodPrev[t]!;
      expect(c1 + c2 * schedule.sqrtAlphasCumprod[t]!).toBeCloseTo(Math.sqrt(before), 12);
      expect(variance + c2 ** 2 * (1 - schedule.alphasCumprod[t]!)).toBeCloseTo(1 - before, 12);
    }
  });

  it("adds noise with DDPM at every step except the last", () => {
    const sampleAndMean = (i: number) => {
      const input: StepInput = { ...oracle(i), coefficients: at(schedule, "ddpm", i), clipDenoised: false };
      const { sample_NCHW, mean_NCHW } = ddpm.step(input);
      return difference(sample_NCHW, mean_NCHW);
    };
    expect(sampleAndMean(0)).toBe(0);
    expect(sampleAndMean(1)).toBeGreaterThan(1e-3);
  });
});

describe("the table of samplers", () => {
  it("has the samplers that recipes name", () => {
    expect(samplerNames).toEqual(expect.arrayContaining(["ddim", "ddpm"]));
  });

  it.each(samplerNames)("gives finite coefficients at every step of a respaced process (%s)", (name) => {
    const process = respace(schedule, "20");
    const { coefficients }: Sampler = samplers[name];
    for (let i = 0; i < process.steps; i++)
      for (const [key, valueAt] of Object.entries(coefficients))
        expect(Number.isFinite(valueAt(process, i)), `${key} at step ${i}`).toBe(true);
  });
});

describe("stepCoefficients", () => {
  it.each(samplerNames)("gives every coefficient of the sampler, n times over (%s)", (name) => {
    const coefficients = stepCoefficients(schedule, name, 5, 3);
    expect(Object.keys(coefficients)).toEqual(Object.keys(samplers[name].coefficients));
    for (const values of Object.values(coefficients)) {
      expect(values.length).toBe(3);
      expect(new Set(values).size).toBe(1);
    }
  });

  it.each([-1, 10, 1.5, Number.NaN])("refuses step %d of a process of ten", (i) => {
    expect(() => stepCoefficients(respace(schedule, "10"), "ddpm", i, 1)).toThrow(
      `diffusion step ${i}: wanted a whole number from 0 to 9`,
    );
  });

  it.each(["euler", "toString"])("refuses a sampler that the table does not have: %s", (name) => {
    expect(() => stepCoefficients(schedule, name as SamplerName, 0, 1)).toThrow(
      `sampler '${name}' is not known; available: ${samplerNames.join(", ")}`,
    );
  });
});
