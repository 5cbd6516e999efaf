// Compares two sets of images: FID, KID, and the metrics of the table in ../metrics that need two sets.
//
// D = feature dimension

import { defaultNeighbours, frechetDistance, frechetInterval, kid } from "@dit-bench/metrics";
import { permutation } from "@dit-bench/random";
import { BenchError } from "../errors.ts";
import type { Listener } from "../events.ts";
import { noPairScores, type PairScores, pairScores } from "../metrics/compute.ts";
import { selectRows } from "../metrics/rows.ts";
import { mostPaired } from "../metrics/subsample.ts";
import { checkComparable, type FeatureSet, statisticsOf } from "./feature-set.ts";

/** With the scores of the table of metrics by name; null without features, or with too few images. */
export interface Comparison extends PairScores {
  readonly fid: number;
  /** Interval of the FID over resampled images, at these numbers of images; see frechetInterval. */
  readonly interval: {
    readonly low: number;
    readonly high: number;
    readonly level: number;
    readonly bias: number;
  } | null;
  readonly kid: number | null;
  /** k of precision and recall. */
  readonly neighbours: number;
  /** Images of each set; null if a file holds only statistics. */
  readonly counts: readonly [number | null, number | null];
  /** Images of each set that KID and the scores were computed on: a subsample of larger sets. */
  readonly pairwiseCounts: readonly [number | null, number | null];
  readonly dimension: number;
  readonly extractor: string | null;
  readonly resizer: string | null;
}

export interface CompareOptions {
  /** Bootstrap resamples for the interval; 0, the default, gives none. Each costs as much as the FID. */
  readonly resamples?: number;
  /** Also compute KID and the scores of the table of metrics. */
  readonly pairwise?: boolean;
  readonly listener?: Listener;
}

const SEED = 0;

/**
 * Throws BenchError (data) for sets that cannot be compared.
 *
 * @param generated the set that is scored
 * @param real the reference
 */
export function compareSets(generated: FeatureSet, real: FeatureSet, options: CompareOptions = {}): Comparison {
  const { resamples = 0, pairwise = false, listener } = options;
  checkComparable(generated, real);
  const D = generated.dimension;
  for (const { source, count } of [generated, real])
    if (count !== undefined && count <= D)
      listener?.note?.(
        `${source}: ${count} images do not span ${D} features; this FID compares only with FIDs of as many images`,
      );
  listener?.stage?.("compare", `${D} features per image`);
  const [first, second] = [statisticsOf(generated), statisticsOf(real)];
  const fid = withSources(generated, real, () => frechetDistance(first, second));
  const interval =
    resamples > 0 && generated.features
      ? withSources(generated, real, () => frechetInterval(generated.features!, second, D, { resamples, seed: SEED }))
      : null;
  const x = pairwise && real.features ? sampleImages(generated) : undefined;
  const y = pairwise && generated.features ? sampleImages(real) : undefined;
  if (x && y) listener?.stage?.("pairs", `${x.length / D} and ${y.length / D} images`);
  const about = generated.about ?? real.about;
  return {
    fid,
    interval: interval && { low: interval.low, high: interval.high, level: interval.level, bias: interval.bias },
    kid: x && y ? withSources(generated, real, () => kid(x, y, D)) : null,
    ...(x && y ? withSources(generated, real, () => pairScores(x, y, D)) : noPairScores),
    neighbours: defaultNeighbours,
    counts: [generated.count ?? null, real.count ?? null],
    pairwiseCounts: x && y ? [x.length / D, y.length / D] : [null, null],
    dimension: D,
    extractor: about?.extractor ?? null,
    resizer: about?.resizer ?? null,
  };
}

/** Errors of the computation come from the numbers in the files: the message names both. */
function withSources<T>(a: FeatureSet, b: FeatureSet, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw new BenchError("data", `${a.source} and ${b.source}: ${(error as Error).message}`, { cause: error });
  }
}

/** Features of at most `mostPaired` images, sampled without replacement. The same images are chosen every time. */
function sampleImages({ features, dimension: D }: FeatureSet): Float32Array | undefined {
  if (!features || features.length <= mostPaired * D) return features;
  const order = permutation(SEED, "compare-sets.drawn", 0, features.length / D);
  return selectRows(features, D, order.slice(0, mostPaired).sort());
}
