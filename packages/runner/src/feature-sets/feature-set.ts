// A set of images as distances see it: its features, or their mean and covariance alone.
//
// N = images, D = feature dimension

import { type Statistics, statistics } from "@dit-bench/metrics";
import { BenchError } from "../errors.ts";
import type { LeftOut } from "../skipped-files.ts";

/** What features were measured with. Sets that differ in any of it do not compare. */
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
  /** N; undefined where a file has statistics alone. */
  readonly count?: number;
  /** [N, D] */
  readonly features?: Float32Array;
  /** Given where there are no features. */
  readonly statistics?: Statistics;
  /** Files of a folder that were not measured; undefined for features in a file, which does not say. */
  readonly leftOut?: readonly LeftOut[];
  /** Undefined where a file does not say. */
  readonly about?: FeatureOrigin;
}

/** Memory for the features of N images. Throws BenchError (data) where there is not as much. */
export function allocateFeatures(source: string, count: number, dimension: number): Float32Array {
  try {
    return new Float32Array(count * dimension);
  } catch (error) {
    const bytes = 4 * count * dimension;
    const problem = `${count} images of ${dimension} features take ${bytes} bytes, more than this machine can hold`;
    throw new BenchError("data", `${source}: ${problem}; measure fewer images`, { cause: error });
  }
}

export function statisticsOf({ source, features, statistics: known, dimension }: FeatureSet): Statistics {
  if (known) return known;
  try {
    return statistics(features!, dimension);
  } catch (error) {
    throw new BenchError("data", `${source}: ${(error as Error).message}`, { cause: error });
  }
}

/** Refuses sets whose features are not of one kind. */
export function checkComparable(a: FeatureSet, b: FeatureSet): void {
  if (a.dimension !== b.dimension)
    throw new BenchError(
      "data",
      `${a.source} has ${a.dimension} features an image, ${b.source} ${b.dimension}: wanted those of one extractor and one --tap`,
    );
  for (const part of ["extractor", "weights", "resizer"] as const)
    if (a.about && b.about && a.about[part] !== b.about[part])
      throw new BenchError(
        "data",
        `${part} of ${a.source} is ${a.about[part]}, of ${b.source} ${b.about[part]}: measure one of them again with the other's`,
      );
}
