// Mean and covariance of a set of features.
//
// N = samples, D = dimensions, C = samples of a chunk

import { gemmNT } from "./linear-algebra/gemm.ts";

const CHUNK = 256;

/** Mean and covariance of a set of features: the input of the Fréchet distance. */
export interface Statistics {
  readonly dimension: number;
  /** Number of samples. */
  readonly count: number;
  /** [D] */
  readonly mean: Float64Array;
  /** [D, D] row-major, symmetric, divided by count - 1. */
  readonly covariance: Float64Array;
}

/**
 * Mean and covariance, in double precision and two passes.
 *
 * @param features [N, D] row-major
 * @throws when there are fewer than 2 samples, or values that are not finite (the message names the row)
 */
export function statistics(features: Float32Array | Float64Array, dimension: number): Statistics {
  const n = sampleCount(features, dimension, "statistics");
  return weightedStatistics(features, dimension, new Uint32Array(n).fill(1));
}

/** The statistics of a set in which sample i occurs `times_N[i]` times. Does not check that the features are finite. */
export function weightedStatistics(
  features_ND: Float32Array | Float64Array,
  dimension: number,
  times_N: Uint32Array,
): Statistics {
  const d = dimension;
  const samples = indicesOfPositive(times_N);
  const count = times_N.reduce((a, b) => a + b, 0);

  const mean = new Float64Array(d);
  for (const i of samples) {
    const times = times_N[i]!;
    for (let j = 0; j < d; j++) mean[j] = mean[j]! + times * features_ND[i * d + j]!;
  }
  for (let j = 0; j < d; j++) mean[j] = mean[j]! / count;

  const covariance = new Float64Array(d * d);
  const centred_DC = new Float64Array(d * Math.min(CHUNK, samples.length));
  for (let start = 0; start < samples.length; start += CHUNK) {
    const size = Math.min(CHUNK, samples.length - start);
    for (let c = 0; c < size; c++) {
      const i = samples[start + c]!;
      const root = Math.sqrt(times_N[i]!);
      for (let j = 0; j < d; j++) centred_DC[j * size + c] = root * (features_ND[i * d + j]! - mean[j]!);
    }
    const centred = { data: centred_DC, offset: 0, stride: size };
    gemmNT({ data: covariance, offset: 0, stride: d }, centred, centred, d, d, size, 1 / (count - 1), true);
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) covariance[j * d + i] = covariance[i * d + j]!;
  return { dimension: d, count, mean, covariance };
}

/**
 * The number of samples of features [N, D]. Throws unless they are whole rows, at least two, and finite.
 *
 * @param who start of the message: the calling function, and which set
 */
export function sampleCount(features: Float32Array | Float64Array, dimension: number, who: string): number {
  if (!(Number.isInteger(dimension) && dimension >= 1))
    throw new RangeError(`${who}: dimension is ${dimension}, wanted a whole number of at least 1`);
  const n = features.length / dimension;
  if (!Number.isInteger(n))
    throw new Error(
      `${who}: ${features.length} values do not make rows of ${dimension}: check the dimension of the features`,
    );
  if (n < 2) throw new Error(`${who}: ${n} sample${n === 1 ? "" : "s"}, wanted at least 2: one has no covariance`);
  const bad = features.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new Error(
      `${who}: row ${Math.floor(bad / dimension)}, column ${bad % dimension} is ${features[bad]}, ` +
        "wanted finite values: look at the image of that row and at the extractor's weights",
    );
  return n;
}

function indicesOfPositive(times: Uint32Array): number[] {
  const indices: number[] = [];
  for (let i = 0; i < times.length; i++) if (times[i]! > 0) indices.push(i);
  return indices;
}
