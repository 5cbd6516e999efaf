// The type of a metric: scores of generated images, computed from features.
//
// M = generated, N = real, H = held-out images, D = feature dimension

import { subsample } from "./subsample.ts";

/** Features of sets of images, each row-major. */
export interface MetricSets {
  /** D */
  readonly dimension: number;
  /** [M, D] */
  readonly generated: Float32Array;
  /** The reference, [N, D]: of a run, its training images. */
  readonly real: Float32Array;
  /** [H, D]: real images that the model was not trained on. */
  readonly heldOut?: Float32Array;
}

/** Settings of bootstrap intervals. */
export interface IntervalSettings {
  readonly resamples: number;
  readonly level: number;
  readonly seed: number;
}

export interface Score {
  readonly value: number;
  readonly interval?: [number, number];
}

export interface Metric<Name extends string = string> {
  /** Names of its scores in records and in the JSON of `bench fid`. */
  readonly names: readonly Name[];
  /** True if it needs held-out images; others are computed for `bench fid`, too. */
  readonly heldOut: boolean;
  /**
   * Fewest samples, and fewest images of the set that they are compared with: the held-out images if it needs those,
   * else the real ones. With fewer, its scores are left out. A metric that needs held-out images takes 2 real ones.
   */
  readonly fewest: number;
  compute(sets: MetricSets & { readonly heldOut: Float32Array }, settings: IntervalSettings): Record<Name, Score>;
}

/** A metric of generated and real images. */
export const ofPairs = <const Name extends string>(
  metric: Omit<Metric<Name>, "heldOut" | "compute"> & { compute(sets: MetricSets): Record<Name, Score> },
) => ({ ...metric, heldOut: false }) as const satisfies Metric<Name>;

/** A metric that also needs held-out images. */
export const ofHeldOut = <const Name extends string>(metric: Omit<Metric<Name>, "heldOut">) =>
  ({ ...metric, heldOut: true }) as const satisfies Metric<Name>;

/**
 * A metric of generated and real images that compares all pairs of them by balls around images, up to the neighbour
 * number `neighbours`.
 */
export const ofNeighbours = <const Name extends string>({
  names,
  neighbours,
  compute,
}: {
  readonly names: readonly Name[];
  readonly neighbours: number;
  compute(generated: Float32Array, real: Float32Array, D: number, neighbours: number): Record<Name, number>;
}) =>
  ofPairs({
    names,
    fewest: neighbours + 1,
    compute({ generated, real, dimension: D }) {
      const values = compute(subsample(generated, D), subsample(real, D), D, neighbours);
      return Object.fromEntries(names.map((name) => [name, { value: values[name] }])) as Record<Name, Score>;
    },
  });

/**
 * Fewest images of a set whose FID is reported: of a class, and of the held-out part. The FID of N images is too high
 * by an amount that falls as 1/N: docs/metrics.md has it for this number.
 */
export const fewestImages = 40;
