// The training loss against the official DiT code's values, and the variational bound against its formula in float64.

import { normals } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { difference, fixture, networkWeights, predict, relativeDifference, tensors } from "./fixture.test.data.ts";
import { addNoise, linearSchedule, trainingCoefficientNames, trainingCoefficients, trainingLoss } from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

const schedule = linearSchedule();

describe("training, against the official code", () => {
  const official = fixture("diffusion_training");
  const t = official.steps("t");
  const batch = () => ({
    output: official.tensor("model_output"),
    x0: official.tensor("x0"),
    xt: official.tensor("x_t"),
    noise: official.tensor("noise"),
    coefficients: tensors(trainingCoefficients(schedule, t)),
  });

  it("gives the same x_t", () => {
    const { x0, xt, noise, coefficients } = batch();
    expect(difference(addNoise(x0, noise, coefficients), xt)).toBeLessThan(1e-6);
  });

  it("has the same losses of each sample, also at t = 0", () => {
    const { output, x0, xt, noise, coefficients } = batch();
    expect(t).toContain(0);
    const { mse_N, vb_N, loss_N } = trainingLoss(output, x0, xt, noise, coefficients);
    expect(mse_N.shape).toEqual([t.length]);
    expect(relativeDifference(mse_N, official.numbers("mse"))).toBeLessThan(2e-6);
    expect(difference(vb_N, official.numbers("vb"))).toBeLessThan(2e-6);
    expect(relativeDifference(loss_N, official.numbers("loss"))).toBeLessThan(2e-6);
  });

  it("has values in each branch of the likelihood in the samples at t = 0", () => {
    const first = official.rows("x0").filter((_, n) => t[n] === 0);
    const values = first.flatMap((x) => Array.from(x.dataSync()));
    expect(values.some((x) => x < -0.999)).toBe(true);
    expect(values.some((x) => x > 0.999)).toBe(true);
    expect(values.some((x) => Math.abs(x) < 0.999)).toBe(true);
  });

  it("has the same losses with the output of our own network", () => {
    const { x0, xt, noise, coefficients } = batch();
    const output = predict(networkWeights(), xt, t, official.steps("y"));
    expect(
      relativeDifference(trainingLoss(output, x0, xt, noise, coefficients).loss_N, official.numbers("loss")),
    ).toBeLessThan(1e-5);
  });

  it("has the same posterior of x_t-1 given x_t and x_0", () => {
    const x0 = official.rows("x0");
    const xt = official.rows("x_t");
    const means = [...t].map((step, n) =>
      tf.add(tf.mul(x0[n]!, schedule.posteriorMeanCoef1[step]!), tf.mul(xt[n]!, schedule.posteriorMeanCoef2[step]!)),
    );
    expect(difference(tf.stack(means), official.tensor("posterior_mean"))).toBeLessThan(1e-6);
    expect(
      difference(
        [...t].map((step) => schedule.posteriorVariance[step]!),
        official.numbers("posterior_variance"),
      ),
    ).toBeLessThan(1e-8);
    expect(
      difference(
        [...t].map((step) => schedule.posteriorLogVarianceClipped[step]!),
        official.numbers("posterior_log_variance_clipped"),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe("the variational bound", () => {
  const shape = [6, 4, 8, 8];
  const size = 6 * 4 * 8 * 8;
  const sampleNormal = (purpose: string) => tf.tensor(normals(7, purpose, 0, size), shape);
  const setting = (t: Int32Array) => {
    const coefficients = tensors(trainingCoefficients(schedule, t));
    const [x0, noise] = [sampleNormal("x0"), sampleNormal("noise")];
    return { x0, noise, xt: addNoise(x0, noise, coefficients), coefficients };
  };

  it("is zero if the network predicts the noise and the posterior's variance", () => {
    const { x0, noise, xt, coefficients } = setting(Int32Array.of(1, 2, 10, 100, 500, 999));
    const output = tf.concat([noise, tf.fill(shape, -1)], 1);
    const { mse_N, vb_N } = trainingLoss(output, x0, xt, noise, coefficients);
    expect(difference(mse_N, new Array(6).fill(0))).toBe(0);
    expect(difference(vb_N, new Array(6).fill(0))).toBeLessThan(1e-6);
  });

  it("is within 1e-5 of the formula in float64 at t = 0 on random inputs, whose masses lie in far tails", () => {
    const { x0, noise, xt, coefficients } = setting(new Int32Array(6));
    const output = tf.concat([sampleNormal("prediction"), sampleNormal("variance")], 1);
    const got = trainingLoss(output, x0, xt, noise, coefficients).vb_N;
    const want = likelihoodInFloat64(x0, xt, output);
    expect(relativeDifference(got, want)).toBeLessThan(1e-5);
  });

  it("sends its gradient to the variance half only, the squared error to the noise half only", () => {
    const { x0, noise, xt, coefficients } = setting(Int32Array.of(0, 1, 10, 100, 500, 999));
    const output = tf.concat([sampleNormal("prediction"), sampleNormal("variance")], 1);
    const gradient = (name: "mse_N" | "vb_N" | "loss_N") =>
      tf.split(tf.grad((o) => trainingLoss(o, x0, xt, noise, coefficients)[name].sum())(output), 2, 1);
    const zeros = new Array(size).fill(0);
    const [mseNoise, mseVariance] = gradient("mse_N");
    const [vbNoise, vbVariance] = gradient("vb_N");
    const [lossNoise, lossVariance] = gradient("loss_N");
    expect(difference(vbNoise!, zeros)).toBe(0);
    expect(difference(mseVariance!, zeros)).toBe(0);
    expect(relativeDifference(lossNoise!, mseNoise!)).toBeLessThan(1e-6);
    expect(relativeDifference(lossVariance!, vbVariance!)).toBeLessThan(1e-6);
    // d mse / d noise = 2 (prediction - noise) / dimensions
    const byHand = tf.mul(tf.sub(tf.split(output, 2, 1)[0]!, noise), 2 / 256);
    expect(relativeDifference(mseNoise!, byHand)).toBeLessThan(1e-6);
  });

  it("has a gradient that finite differences confirm, at t = 0 and at other steps", () => {
    const { x0, noise, xt, coefficients } = setting(Int32Array.of(0, 0, 1, 50, 500, 999));
    // close to the true noise, so that the masses of the likelihood are above their minimum
    const epsilon = tf.add(noise, tf.mul(sampleNormal("prediction"), 0.3));
    const variance = sampleNormal("variance");
    const direction = sampleNormal("direction");
    const vb = (v: tf.Tensor) => trainingLoss(tf.concat([epsilon, v], 1), x0, xt, noise, coefficients).vb_N;
    const slope = (h: number) =>
      tf.div(tf.sub(vb(tf.add(variance, tf.mul(direction, h))), vb(tf.sub(variance, tf.mul(direction, h)))), 2 * h);
    const gradient = tf.grad((v) => vb(v).sum())(variance);
    expect(relativeDifference(tf.sum(tf.mul(gradient, direction), [1, 2, 3]), slope(0.02))).toBeLessThan(2e-3);
  });

  it("is finite, and so is its gradient, for a network with large errors", () => {
    const { x0, noise, xt, coefficients } = setting(Int32Array.of(0, 0, 1, 10, 500, 999));
    const output = tf.mul(tf.concat([sampleNormal("prediction"), sampleNormal("variance")], 1), 8);
    const loss = (o: tf.Tensor) => trainingLoss(o, x0, xt, noise, coefficients).loss_N.sum();
    expect(Number.isFinite(loss(output).dataSync()[0])).toBe(true);
    expect(Array.from(tf.grad(loss)(output).dataSync()).every(Number.isFinite)).toBe(true);
  });
});

describe("trainingCoefficients", () => {
  it("gives every named coefficient, one value per sample", () => {
    const coefficients = trainingCoefficients(schedule, Int32Array.of(0, 5, 999));
    expect(Object.keys(coefficients)).toEqual([...trainingCoefficientNames]);
    for (const values of Object.values(coefficients)) {
      expect(values.length).toBe(3);
      expect(values.every(Number.isFinite)).toBe(true);
    }
  });

  it.each([-1, 1000])("refuses step %i, which the process does not have", (step) => {
    expect(() => trainingCoefficients(schedule, Int32Array.of(3, step))).toThrow(
      `diffusion step ${step} of sample 1: wanted a whole number from 0 to 999`,
    );
  });

  it("is named in the error of a function that misses one of its coefficients", () => {
    const x = tf.zeros([1, 4, 8, 8]);
    const { sqrtAlphasCumprod } = tensors(trainingCoefficients(schedule, Int32Array.of(1)));
    expect(() => addNoise(x, x, { sqrtAlphasCumprod: sqrtAlphasCumprod! })).toThrow(
      'coefficient "sqrtOneMinusAlphasCumprod" is missing: got sqrtAlphasCumprod',
    );
  });
});

it("trainingLoss refuses an output without the variance half", () => {
  const x = tf.zeros([2, 4, 8, 8]);
  const coefficients = tensors(trainingCoefficients(schedule, Int32Array.of(1, 2)));
  expect(() => trainingLoss(x, x, x, x, coefficients)).toThrow(
    "network output [2,4,8,8] for x_t [2,4,8,8]: wanted [2,8,8,8], noise and variance",
  );
});

/** -log2 p(x_0 | x_1) of each sample by eq. 13 of Ho et al. 2020 with tanh, in float64 and with no care for tails. */
function likelihoodInFloat64(x0: tf.Tensor, xt: tf.Tensor, output: tf.Tensor): number[] {
  const phi = (a: number) => 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3)));
  const [epsilon, variance] = tf.split(output, 2, 1).map((half) => half.dataSync());
  const [x, noisy] = [x0.dataSync(), xt.dataSync()];
  const [low, high] = [schedule.posteriorLogVarianceClipped[0]!, Math.log(schedule.betas[0]!)];
  const bits = Array.from(x, (value, k) => {
    const mean = noisy[k]! * schedule.sqrtRecipAlphasCumprod[0]! - epsilon![k]! * schedule.sqrtRecipm1AlphasCumprod[0]!;
    const v = (variance![k]! + 1) / 2;
    const std = Math.exp((v * high + (1 - v) * low) / 2);
    const above = phi((value - mean + 1 / 255) / std);
    const below = phi((value - mean - 1 / 255) / std);
    const mass = value < -0.999 ? above : value > 0.999 ? 1 - below : above - below;
    return -Math.log2(Math.max(mass, 1e-12));
  });
  const perSample = bits.length / x0.shape[0]!;
  return Array.from({ length: x0.shape[0]! }, (_, n) =>
    bits.slice(n * perSample, (n + 1) * perSample).reduce((sum, b) => sum + b / perSample, 0),
  );
}
