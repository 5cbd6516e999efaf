// A bootstrap interval for the Fréchet distance.
//
// N, M = generated and reference samples, D = dimensions

import { integers } from "@dit-bench/random";
import { quantile } from "../quantile.ts";
import { type Statistics, sampleCount, statistics, weightedStatistics } from "../statistics.ts";
import { distanceOfPrepared, type PreparedStatistics, prepareStatistics } from "./frechet-distance.ts";

export interface IntervalOptions {
  /** Number of resampled sets; the default is 200. */
  readonly resamples?: number;
  /** Key of the resampling: the same seed gives the same interval. */
  readonly seed: number;
  /** Share of cases in which the interval should contain the true value; the default is 0.95. */
  readonly level?: number;
}

export interface FrechetInterval {
  /** frechetDistance of the samples themselves. */
  readonly distance: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly resamples: number;
  /** Standard deviation of the resampled Fréchet distance: an estimate for sets of this number of samples. */
  readonly standardError: number;
  /**
   * Mean of the resampled values less `distance`: to first order, how far `distance` lies above the limit for
   * infinitely many samples.
   */
  readonly bias: number;
}

/**
 * A bootstrap interval for the Fréchet distance *at this number of samples*: for its mean over other sets of as many
 * samples. That is the number to compare between methods scored with equally many samples.
 *
 * The Fréchet distance is biased upward, by an amount that falls as 1/N (Chong and Forsyth, 2020,
 * https://arxiv.org/abs/1911.07023). Resampling with replacement adds that bias a second time. So the plain percentile
 * interval (Efron and Tibshirani, 1993, chapter 13) lies too high and may not contain d, the Fréchet distance of the
 * samples. This interval shifts the resampled values back by their mean excess:
 *
 *     [d + q(α/2) - m,  d + q(1 - α/2) - m]
 *
 * with m and q the mean and the quantiles of the resampled values, and 1 - α the level.
 *
 * It does not estimate the limit for infinitely many samples; `bias` estimates how far that limit lies below d. Where
 * bias is a large part of d the interval is too wide, by up to √3: the resampled sets scatter around a set that is
 * itself further from the reference than its distribution is. In simulations with Gaussians of 4 to 64 dimensions, a
 * level of 0.95 held in 0.93 to 1 of the cases with 60 samples or more, and in 0.89 with 30. The mirrored ("basic")
 * interval did worse.
 *
 * @param generated [N, D] row-major, at least 2 samples
 * @param reference its statistics, which stay fixed; or its features [M, D], which are then resampled as well, so that
 *   the interval also covers the choice of reference images
 * @throws as statistics() and frechetDistance() do, and when options are out of range
 */
export function frechetInterval(
  generated: Float32Array | Float64Array,
  reference: Statistics | Float32Array | Float64Array,
  dimension: number,
  options: IntervalOptions,
): FrechetInterval {
  const { resamples = 200, seed, level = 0.95 } = options;
  if (!(Number.isInteger(resamples) && resamples >= 20))
    throw new RangeError(`fréchet interval: resamples is ${resamples}, wanted a whole number of at least 20`);
  if (!(level > 0 && level < 1))
    throw new RangeError(`fréchet interval: level is ${level}, wanted a number between 0 and 1`);

  const preparedGenerated = prepareStatistics(statistics(generated, dimension));
  const preparedReference = prepareStatistics("covariance" in reference ? reference : statistics(reference, dimension));
  if (preparedReference.statistics.dimension !== dimension)
    throw new Error(
      `fréchet interval: the reference has dimension ${preparedReference.statistics.dimension}, ` +
        `the generated features ${dimension}: wanted features of one extractor`,
    );
  const distance = distanceOfPrepared(preparedGenerated, preparedReference);

  const resampledValues = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    const other =
      "covariance" in reference
        ? preparedReference
        : resample(reference, dimension, seed, "frechet-interval.reference", i);
    resampledValues[i] = distanceOfPrepared(
      resample(generated, dimension, seed, "frechet-interval.generated", i),
      other,
    );
  }
  resampledValues.sort();
  const mean = resampledValues.reduce((a, b) => a + b, 0) / resamples;
  const variance = resampledValues.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (resamples - 1);
  const tail = (1 - level) / 2;
  return {
    distance,
    low: Math.max(0, distance + quantile(resampledValues, tail) - mean),
    high: distance + quantile(resampledValues, 1 - tail) - mean,
    level,
    resamples,
    standardError: Math.sqrt(variance),
    bias: mean - distance,
  };
}

/** A set of as many samples, sampled with replacement. */
function resample(
  features_ND: Float32Array | Float64Array,
  dimension: number,
  seed: number,
  purpose: string,
  index: number,
): PreparedStatistics {
  const n = sampleCount(features_ND, dimension, purpose);
  const times_N = new Uint32Array(n);
  for (const i of integers(seed, purpose, index, n, n)) times_N[i] = times_N[i]! + 1;
  return prepareStatistics(weightedStatistics(features_ND, dimension, times_N));
}
