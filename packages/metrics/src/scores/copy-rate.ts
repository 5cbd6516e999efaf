// The copy rate: how many generated samples lie nearer to a training image than real images that were not trained on.
//
// M = generated, N = training, H = held-out samples, D = dimensions

import { integers } from "@dit-bench/random";
import { centerBoth, nearestDistances } from "../neighbours.ts";
import { quantile } from "../quantile.ts";
import { sampleCount } from "../statistics.ts";

/** Expected copy rate of samples from the distribution of the data. */
export const copyQuantile = 0.05;

export interface CopyRate {
  /** Share of the generated samples that are nearer to a training image than `distance`. */
  readonly rate: number;
  /** Bootstrap interval of the rate, over generated and held-out samples. */
  readonly low: number;
  readonly high: number;
  /** The quantile `copyQuantile` of the held-out samples' nearest distances. */
  readonly distance: number;
}

export interface CopyRateOptions {
  /** Number of resampled sets. */
  readonly resamples: number;
  /** Key of the resampling: the same seed gives the same interval. */
  readonly seed: number;
  /** Share of cases in which the interval should contain the true value. */
  readonly level: number;
}

/**
 * The share of generated samples whose nearest distance, that to the nearest training image, is below the 5 % quantile
 * of the nearest distances of held-out images.
 *
 * The test for data-copying of Meehan, Chaudhuri and Dasgupta, 2020 (https://arxiv.org/abs/2004.05675) compares the
 * same nearest distances: a model copies if its samples are nearer to the training set than held-out samples are. Their
 * statistic C_T is a z-score of Mann and Whitney in cells of a partition of feature space. This is a share instead,
 * because a z-score grows with the number of samples. It looks at the lower tail, because a few copies hardly move a
 * comparison of typical samples. There is no partition.
 *
 * If the samples had the distribution of the held-out images, the rate would be 0.05 on average: the quantile of type 6
 * is unbiased in this sense for 19 held-out samples or more.
 *
 * Takes (M + H) N D multiplications.
 *
 * @param generated [M, D] row-major
 * @param training [N, D] row-major
 * @param heldOut [H, D] row-major, real samples that the model was not trained on
 * @throws when a set has fewer than 2 samples, or values that are not finite (the message names the row)
 */
export function copyRate(
  generated: Float32Array | Float64Array,
  training: Float32Array | Float64Array,
  heldOut: Float32Array | Float64Array,
  dimension: number,
  { resamples, seed, level }: CopyRateOptions,
): CopyRate {
  sampleCount(generated, dimension, "copy rate: generated set");
  sampleCount(training, dimension, "copy rate: training set");
  sampleCount(heldOut, dimension, "copy rate: held-out set");
  const nearestOf = (set: Float32Array | Float64Array): Float64Array => {
    const { x_MD, y_ND } = centerBoth(set, training, dimension);
    return nearestDistances(x_MD, y_ND, dimension).map(Math.sqrt);
  };
  const generated_M = nearestOf(generated);
  const heldOut_H = nearestOf(heldOut);
  const { rate, distance } = rateOf(generated_M, heldOut_H);
  const resampled = Float64Array.from(
    { length: resamples },
    (_, i) =>
      rateOf(resample(generated_M, seed, "copy-rate.generated", i), resample(heldOut_H, seed, "copy-rate.held-out", i))
        .rate,
  ).sort();
  const tail = (1 - level) / 2;
  return {
    rate,
    low: Math.min(rate, quantile(resampled, tail)),
    high: Math.max(rate, quantile(resampled, 1 - tail)),
    distance,
  };
}

function rateOf(generated_M: Float64Array, heldOut_H: Float64Array): { rate: number; distance: number } {
  const distance = quantile(Float64Array.from(heldOut_H).sort(), copyQuantile);
  let nearer = 0;
  for (const x of generated_M) if (x < distance) nearer++;
  return { rate: nearer / generated_M.length, distance };
}

/** As many values, sampled with replacement. */
function resample(values: Float64Array, seed: number, purpose: string, index: number): Float64Array {
  const chosen = integers(seed, purpose, index, values.length, values.length);
  return Float64Array.from(chosen, (i) => values[i]!);
}
