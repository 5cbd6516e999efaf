// A set of images as FID sees it: its features, or only their mean and covariance.
//
// N = images, D = feature dimension

import { type Statistics, statistics } from "@dit-bench/metrics";
import { BenchError } from "../errors.ts";
import type { SkippedFile } from "../skipped-files.ts";

/** The computation that made the features. Sets that differ in any of these fields cannot be compared. */
export interface FeatureOrigin {
  readonly extractor: string;
  /** SHA-256 of the extractor's weights. */
  readonly weights: string;
  readonly resizer: string;
}

export interface FeatureSet {
  /** The folder or file, for messages. */
  readonly source: string;
  readonly dimension: number;
  /** N; undefined if a file holds only statistics. */
  readonly count?: number;
  /** [N, D] */
  readonly features?: Float32Array;
  /** Read from a file; always present if there are no features. */
  readonly statistics?: Statistics;
  /** Files of a folder that were skipped; undefined for a feature file, which does not list them. */
  readonly leftOut?: readonly SkippedFile[];
  /** Undefined if a file does not name its extractor. */
  readonly about?: FeatureOrigin;
}

/** Allocates the features of `count` images. Throws BenchError (data) if there is not enough memory. */
export function allocateFeatures(source: string, count: number, dimension: number): Float32Array {
  try {
    return new Float32Array(count * dimension);
  } catch (error) {
    const bytes = 4 * count * dimension;
    const problem = `${count} images of ${dimension} features take ${bytes} bytes, more than this machine can hold`;
    throw new BenchError("data", `${source}: ${problem}; measure fewer images`, { cause: error });
  }
}

/** The mean and covariance of a set, read from its file or computed from its features. */
export function statisticsOf({ source, features, statistics: known, dimension }: FeatureSet): Statistics {
  if (known) return known;
  try {
    return statistics(features!, dimension);
  } catch (error) {
    throw new BenchError("data", `${source}: ${(error as Error).message}`, { cause: error });
  }
}

/** Throws BenchError (data) for sets whose features differ in dimension, extractor, weights or resizer. */
export function checkComparable(a: FeatureSet, b: FeatureSet): void {
  if (a.dimension !== b.dimension)
    throw new BenchError(
      "data",
      `${a.source} has ${a.dimension} features an image, ${b.source} ${b.dimension}: ` +
        "wanted those of one extractor and one --tap",
    );
  for (const part of ["extractor", "weights", "resizer"] as const)
    if (a.about && b.about && a.about[part] !== b.about[part])
      throw new BenchError(
        "data",
        `${part} of ${a.source} is ${a.about[part]}, of ${b.source} ${b.about[part]}: ` +
          "measure one of them again with the other's",
      );
}
