// Compares five training steps (AdamW and the moving average) with PyTorch, and single updates with their formulas.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { difference, fixture, networkWeights, predict, relativeDifference, tensors } from "./fixture.test.data.ts";
import {
  type AdamWCoefficientName,
  adamw,
  adamwCoefficientNames,
  adamwCoefficients,
  addNoise,
  emaUpdate,
  linearSchedule,
  trainingCoefficients,
  trainingLoss,
} from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

const schedule = linearSchedule();
const options = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } as const;
type StepCoefficients = Record<AdamWCoefficientName, tf.Tensor>;
const coefficientsOf = (step: number, o = options) => tensors(adamwCoefficients(step, o)) as StepCoefficients;

describe("five training steps", () => {
  const batches = fixture("adamw_batches");

  /** Concatenates named weights to one flat vector; `unflatten` is the inverse. */
  const flatten = (weights: Record<string, tf.Tensor>, names: string[]) =>
    tf.concat(names.map((name) => tf.reshape(weights[name]!, [-1])));
  const unflatten = (flat: tf.Tensor, like: Record<string, tf.Tensor>, names: string[]) => {
    const parts = tf.split(
      flat,
      names.map((name) => like[name]!.size),
    );
    return Object.fromEntries(names.map((name, k) => [name, tf.reshape(parts[k]!, like[name]!.shape)]));
  };

  function train(isTrained: (name: string) => boolean) {
    const base = networkWeights();
    const names = Object.keys(base).filter(isTrained);
    const rows = (key: string) => batches.rows(key);
    const y = rows("y").map((row) => Int32Array.from(row.dataSync()));
    const t = rows("t").map((row) => Int32Array.from(row.dataSync()));
    const [x0, noise] = [rows("x0"), rows("noise")];
    let w = flatten(base, names);
    let [m, v, ema] = [tf.zerosLike(w), tf.zerosLike(w), w];
    const losses: number[] = [];
    let firstGradient: Record<string, tf.Tensor> = {};
    for (let k = 0; k < 5; k++) {
      const coefficients = tensors(trainingCoefficients(schedule, t[k]!));
      const xt = addNoise(x0[k]!, noise[k]!, coefficients);
      const loss = (flat: tf.Tensor) => {
        const output = predict({ ...base, ...unflatten(flat, base, names) }, xt, t[k]!, y[k]!);
        return tf.mean(trainingLoss(output, x0[k]!, xt, noise[k]!, coefficients).loss_N);
      };
      const { value, grad } = tf.valueAndGrad(loss as (flat: tf.Tensor) => tf.Scalar)(w);
      losses.push(value.dataSync()[0]!);
      if (k === 0) firstGradient = unflatten(grad, base, names);
      ({ w, m, v } = adamw(w, m, v, grad, coefficientsOf(k + 1), options));
      ema = emaUpdate(ema, w, 0.9);
    }
    return { names, losses, firstGradient, after: unflatten(w, base, names), ema: unflatten(ema, base, names) };
  }

  /**
   * Leaves out the bias of the attention keys: the softmax does not depend on it, so that its gradient is only rounding
   * error, which AdamW scales up. The network has width 64.
   */
  const comparableValues = (name: string, x: tf.Tensor) =>
    name.endsWith("attn.qkv.bias") ? tf.concat([tf.slice(x, 0, 64), tf.slice(x, 128, 64)]) : x;

  it.each([
    {
      set: "bias",
      isTrained: (name: string) => name.endsWith(".bias") || name.startsWith("y_embedder."),
      tolerance: 1e-6,
    },
    { set: "all", isTrained: (name: string) => name !== "pos_embed", tolerance: 2e-5 },
  ])(
    "give the losses, weights and averages of torch.optim.AdamW with weights trained: $set",
    ({ set, isTrained, tolerance }) => {
      const official = fixture(`adamw_${set}`);
      const { names, losses, firstGradient, after, ema } = train(isTrained);
      expect(names.length).toBe(official.names.filter((name) => name.startsWith("after.")).length);
      expect(relativeDifference(losses, official.numbers("loss"))).toBeLessThan(2e-6);
      for (const name of names) {
        const want = (key: string) => comparableValues(name, official.tensor(`${key}.${name}`));
        expect(difference(comparableValues(name, after[name]!), want("after")), name).toBeLessThan(tolerance);
        expect(difference(comparableValues(name, ema[name]!), want("ema")), name).toBeLessThan(tolerance);
      }
      if (set === "bias") {
        const gradients = fixture("adamw_bias_grad1");
        for (const name of names) {
          expect(difference(firstGradient[name]!, gradients.tensor(name)), name).toBeLessThan(1e-6);
        }
      }
    },
  );
});

describe("adamw", () => {
  /** The pseudocode in the documentation of torch.optim.AdamW, in float64, on one weight. */
  function reference(
    w: number,
    gradients: number[],
    o: { lr: number; betas: readonly [number, number]; eps: number; weightDecay: number },
  ) {
    let [m, v] = [0, 0];
    gradients.forEach((g, k) => {
      w -= o.lr * o.weightDecay * w;
      m = o.betas[0] * m + (1 - o.betas[0]) * g;
      v = o.betas[1] * v + (1 - o.betas[1]) * g * g;
      const [mHat, vHat] = [m / (1 - o.betas[0] ** (k + 1)), v / (1 - o.betas[1] ** (k + 1))];
      w -= (o.lr * mHat) / (Math.sqrt(vHat) + o.eps);
    });
    return { w, m, v };
  }

  it.each([0, 0.05])("gives the weight and moments of PyTorch's pseudocode with weight decay %d", (weightDecay) => {
    const o = { lr: 0.02, betas: [0.8, 0.95], eps: 1e-3, weightDecay } as const;
    const gradients = [0.3, -0.001, 2, 0, 0.04, -0.5];
    let state = { w: tf.tensor1d([1.5]) as tf.Tensor, m: tf.zeros([1]), v: tf.zeros([1]) };
    gradients.forEach((g, k) => {
      const coefficients = tensors(adamwCoefficients(k + 1, o)) as StepCoefficients;
      state = adamw(state.w, state.m, state.v, tf.tensor1d([g]), coefficients, o);
    });
    const want = reference(1.5, gradients, o);
    for (const key of ["w", "m", "v"] as const) {
      expect(relativeDifference(state[key], [want[key]])).toBeLessThan(1e-6);
    }
  });

  it("does not change a weight whose gradient is zero", () => {
    const zero = tf.zeros([2]);
    const { w } = adamw(tf.tensor1d([3, -4]), zero, zero, zero, coefficientsOf(1), options);
    expect([...w.dataSync()]).toEqual([3, -4]);
  });

  it("lists the names of its coefficients in adamwCoefficientNames", () => {
    expect(Object.keys(adamwCoefficients(1, options))).toEqual([...adamwCoefficientNames]);
  });

  it.each([0, -1, 1.5])("refuses step %d, because steps count from 1", (step) => {
    expect(() => adamwCoefficients(step, options)).toThrow(`AdamW step ${step}: wanted a whole number from 1`);
  });
});

describe("the moving average", () => {
  it("equals a weight that does not change, to the last bit", () => {
    const w = tf.tensor1d([0.1, 1 / 3, -7.7]);
    expect(difference(emaUpdate(w, w, 0.9999), w)).toBe(0);
  });

  it("weights the new value by 1 - decay", () => {
    expect(emaUpdate(tf.tensor1d([1]), tf.tensor1d([3]), 0.75).dataSync()[0]).toBe(1.5);
  });

  it.each([1, -0.1, Number.NaN])("refuses decay %d", (decay) => {
    expect(() => emaUpdate(tf.zeros([1]), tf.zeros([1]), decay)).toThrow(`EMA decay ${decay}: wanted at least 0`);
  });
});
