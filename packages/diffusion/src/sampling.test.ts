import { normals } from "@dit-bench/random";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { difference, fixture, networkWeights, predict, relativeDifference, tensors } from "./fixture.test.data.ts";
import {
  ddimStep,
  ddpmStep,
  guided,
  linearSchedule,
  noised,
  respace,
  type SamplerName,
  stepCoefficientNames,
  stepCoefficients,
  trainingCoefficients,
} from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

const schedule = linearSchedule();

describe("one reverse step, against the official code", () => {
  const official = fixture("diffusion_sampling");
  const tenSteps = respace(schedule, "10");
  const indices = official.steps("step.i");

  /** Each row of the fixture is at another step. */
  const coefficientsOf = (sampler: SamplerName) =>
    tensors(
      Object.fromEntries(
        stepCoefficientNames[sampler].map((name) => [
          name,
          Float32Array.from(indices, (i) => stepCoefficients(tenSteps, sampler, i, 1)[name]![0]!),
        ]),
      ),
    );

  it.each([
    ["clip", true],
    ["noclip", false],
  ])("%s: has the same mean, variance, predicted x_0 and samples", (name, clipDenoised) => {
    expect(indices).toContain(0);
    expect([...indices].map((i) => tenSteps.timesteps[i])).toEqual(official.numbers("step.t"));
    const x = official.tensor("step.x");
    const output = predict(networkWeights(), x, official.steps("step.t"), official.steps("step.y"));
    const ddpm = ddpmStep(output, x, official.tensor("step.noise"), coefficientsOf("ddpm"), { clipDenoised });
    const ddim = ddimStep(output, x, coefficientsOf("ddim"), { clipDenoised });
    const got = {
      pred_xstart: ddpm.predXstart,
      mean: ddpm.mean,
      log_variance: ddpm.logVariance,
      variance: ddpm.variance,
      sample: ddpm.sample,
      ddim_sample: ddim.sample,
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
  ] as const)("$loop: gives the same samples after every step", ({ loop, sampler, respacing, clipDenoised }) => {
    const w = networkWeights();
    const y = official.steps(`${loop}.y`);
    const noise = sampler === "ddpm" ? official.rows(`${loop}.noise`) : [];
    const wanted = official.rows(`${loop}.steps`);
    const process = respace(schedule, respacing);
    let x = official.tensor(`${loop}.z`);
    const seen: number[] = [];
    wanted.forEach((want, k) => {
      const i = process.steps - 1 - k;
      const timestep = process.timesteps[i]!;
      seen.push(timestep);
      const output = predict(w, x, new Int32Array(y.length).fill(timestep), y);
      const coefficients = tensors(stepCoefficients(process, sampler, i, y.length));
      x =
        sampler === "ddpm"
          ? ddpmStep(output, x, noise[k]!, coefficients, { clipDenoised }).sample
          : ddimStep(output, x, coefficients, { clipDenoised }).sample;
      expect(relativeDifference(x, want), `after step ${i}`).toBeLessThan(1e-5);
    });
    expect(seen).toEqual(official.numbers(`${loop}.t`));
  });

  it.each([
    { loop: "p_cfg", sampler: "ddpm", respacing: "10" },
    { loop: "ddim_cfg", sampler: "ddim", respacing: "ddim10" },
  ] as const)("$loop: gives the same samples with guidance 1.5 on three channels", ({ loop, sampler, respacing }) => {
    const w = networkWeights();
    // the second half of the official batch is the null class; it starts equal and is never looked at
    const half = official.steps(`${loop}.y`).length / 2;
    const firstHalf = (x: tf.Tensor) => tf.slice(x, 0, half);
    const y = official.steps(`${loop}.y`).slice(0, half);
    const none = official.steps(`${loop}.y`).slice(half);
    const noise = sampler === "ddpm" ? official.rows(`${loop}.noise`).map(firstHalf) : [];
    const process = respace(schedule, respacing);
    let x = firstHalf(official.tensor(`${loop}.z`));
    official.rows(`${loop}.steps`).forEach((want, k) => {
      const i = process.steps - 1 - k;
      const t = new Int32Array(half).fill(process.timesteps[i]!);
      const output = guided(predict(w, x, t, y), predict(w, x, t, none), 1.5, "three");
      const coefficients = tensors(stepCoefficients(process, sampler, i, 1));
      x =
        sampler === "ddpm"
          ? ddpmStep(output, x, noise[k]!, coefficients, { clipDenoised: false }).sample
          : ddimStep(output, x, coefficients, { clipDenoised: false }).sample;
      expect(relativeDifference(x, firstHalf(want)), `after step ${i}`).toBeLessThan(1e-5);
    });
  });
});

describe("sampling with the true noise", () => {
  const shape = [3, 4, 8, 8];
  const draw = (purpose: string) => tf.tensor(normals(11, purpose, 0, 3 * 4 * 8 * 8), shape);

  /** x_0, x_t and the network's output if it knew the noise. */
  function oracle(t: number, process = schedule) {
    const x0 = tf.tanh(draw("x0"));
    const noise = draw("noise");
    const coefficients = tensors(trainingCoefficients(process, new Int32Array(3).fill(t)));
    return { x0, noise, xt: noised(x0, noise, coefficients), output: tf.concat([noise, tf.fill(shape, -1)], 1) };
  }

  it("DDIM recovers x_0 at the last step", () => {
    for (const clipDenoised of [false, true]) {
      const { x0, xt, output } = oracle(0);
      const { sample } = ddimStep(output, xt, tensors(stepCoefficients(schedule, "ddim", 0, 1)), { clipDenoised });
      expect(difference(sample, x0)).toBeLessThan(1e-6);
    }
  });

  it("DDIM goes through the same noise at each level and ends at x_0", () => {
    const process = respace(schedule, "50");
    const { x0, noise, xt, output } = oracle(49, process);
    let x = xt;
    for (let i = 49; i >= 0; i--) {
      const coefficients = tensors(stepCoefficients(process, "ddim", i, 1));
      x = ddimStep(output, x, coefficients, { clipDenoised: false }).sample;
      const level =
        i === 0 ? x0 : noised(x0, noise, tensors(trainingCoefficients(process, new Int32Array(3).fill(i - 1))));
      // x_t is multiplied by 157 in the first step, and its rounding (2e-7) with it
      expect(difference(x, level), `after step ${i}`).toBeLessThan(5e-4);
    }
  });

  it("DDIM with clipping leads from the clipped x_0 to x_t, not along the predicted noise", () => {
    const { xt, output } = oracle(500);
    const wrong = tf.mul(output, 3);
    const coefficients = tensors(stepCoefficients(schedule, "ddim", 500, 1));
    const { sample, predXstart } = ddimStep(wrong, xt, coefficients, { clipDenoised: true });
    expect(Math.max(...predXstart.abs().dataSync())).toBe(1);
    const [a, b] = [schedule.alphasCumprod[500]!, schedule.alphasCumprod[499]!];
    const direction = tf.div(tf.sub(xt, tf.mul(predXstart, Math.sqrt(a))), Math.sqrt(1 - a));
    const want = tf.add(tf.mul(predXstart, Math.sqrt(b)), tf.mul(direction, Math.sqrt(1 - b)));
    expect(difference(sample, want)).toBeLessThan(1e-5);
  });

  it("DDPM's mean and variance are those of q(x_t-1 | x_t, x_0), which keeps the marginal of x_t-1", () => {
    for (const t of [1, 10, 400, 999]) {
      const { x0, xt, output } = oracle(t);
      const coefficients = tensors(stepCoefficients(schedule, "ddpm", t, 1));
      const { mean, variance } = ddpmStep(output, xt, tf.zeros(shape), coefficients, { clipDenoised: false });
      const [c1, c2] = [schedule.posteriorMeanCoef1[t]!, schedule.posteriorMeanCoef2[t]!];
      expect(difference(mean, tf.add(tf.mul(x0, c1), tf.mul(xt, c2)))).toBeLessThan(1e-5);
      expect(difference(variance, tf.fill(shape, schedule.posteriorVariance[t]!))).toBeLessThan(1e-7);
      // E and Var of x_t-1 over q(x_t | x_0): sqrt(A_t-1) x_0 and 1 - A_t-1
      const before = schedule.alphasCumprodPrev[t]!;
      expect(c1 + c2 * schedule.sqrtAlphasCumprod[t]!).toBeCloseTo(Math.sqrt(before), 12);
      expect(schedule.posteriorVariance[t]! + c2 ** 2 * (1 - schedule.alphasCumprod[t]!)).toBeCloseTo(1 - before, 12);
    }
  });

  it("DDPM adds no noise at the last step", () => {
    const { xt, output } = oracle(0);
    const coefficients = tensors(stepCoefficients(schedule, "ddpm", 0, 1));
    const { sample, mean } = ddpmStep(output, xt, draw("step noise"), coefficients, { clipDenoised: false });
    expect(difference(sample, mean)).toBe(0);
  });

  it("a shared coefficient does what one for each sample does", () => {
    const { xt, output } = oracle(300);
    const step = (n: number) =>
      ddpmStep(output, xt, draw("step noise"), tensors(stepCoefficients(schedule, "ddpm", 300, n)), {
        clipDenoised: false,
      }).sample;
    expect(difference(step(1), step(3))).toBe(0);
  });
});

describe("step coefficients", () => {
  it.each(["ddpm", "ddim"] as const)("of %s are as many as their names, n of each", (sampler) => {
    const coefficients = stepCoefficients(schedule, sampler, 5, 3);
    expect(Object.keys(coefficients).sort()).toEqual([...stepCoefficientNames[sampler]].sort());
    for (const values of Object.values(coefficients)) expect(values.length).toBe(3);
  });

  it.each([-1, 10, 1.5, Number.NaN])("refuse step %d of a process of ten", (i) => {
    expect(() => stepCoefficients(respace(schedule, "10"), "ddpm", i, 1)).toThrow(
      `diffusion step ${i}: wanted a whole number from 0 to 9`,
    );
  });

  it("refuse a sampler that is none", () => {
    expect(() => stepCoefficients(schedule, "euler" as SamplerName, 0, 1)).toThrow(
      'sampler "euler": wanted "ddpm" or "ddim"',
    );
  });
});
