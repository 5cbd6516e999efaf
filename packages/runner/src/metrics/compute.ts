// Computes all metrics of the table, as far as the images allow.

import { quantity } from "@dit-bench/text";
import type { IntervalSettings, Metric, MetricSets, Score } from "./metric.ts";
import * as table from "./table.ts";

type Tabled = (typeof table)[keyof typeof table];
/** Names of the scores that `bench fid` prints: those without held-out images. */
export type PairScore = Extract<Tabled, { readonly heldOut: false }>["names"][number];

const metrics: readonly Metric[] = Object.values(table) as readonly Metric[];
const pairMetrics = metrics.filter(({ heldOut }) => !heldOut);

/** Names of the scores that need held-out images. */
export const heldOutScores: readonly string[] = metrics
  .filter(({ heldOut }) => heldOut)
  .flatMap(({ names }) => [...names]);

export interface ComputedMetrics {
  readonly scores: Readonly<Record<string, Score>>;
  /** Scores that could not be computed, with the reasons. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** The scores of a run. Without held-out images, those that need them are neither computed nor left out. */
export function computeMetrics(sets: MetricSets, settings: IntervalSettings): ComputedMetrics {
  const scores: Record<string, Score> = {};
  const leftOut: Record<string, string> = {};
  for (const metric of metrics) {
    if (metric.heldOut && sets.heldOut === undefined) continue;
    const problem = problemOf(metric, sets);
    if (problem === undefined)
      Object.assign(scores, metric.compute({ ...sets, heldOut: sets.heldOut ?? new Float32Array() }, settings));
    else for (const name of metric.names) leftOut[name] = problem;
  }
  return { scores, leftOut };
}

/** The scores of two sets of images; null for those that need more images. */
export function pairScores(generated: Float32Array, real: Float32Array, dimension: number): PairScores {
  const sets = { generated, real, dimension, heldOut: new Float32Array() };
  return Object.fromEntries(
    pairMetrics.flatMap((metric) => {
      const scores = problemOf(metric, sets) === undefined ? metric.compute(sets, NO_INTERVALS) : undefined;
      return metric.names.map((name) => [name, scores?.[name]?.value ?? null]);
    }),
  ) as PairScores;
}

export type PairScores = Readonly<Record<PairScore, number | null>>;

/** For sets without features. */
export const noPairScores = Object.fromEntries(
  pairMetrics.flatMap(({ names }) => names.map((name) => [name, null])),
) as PairScores;

const NO_INTERVALS: IntervalSettings = { resamples: 0, level: 0.95, seed: 0 };

function problemOf({ fewest, heldOut }: Metric, sets: MetricSets): string | undefined {
  const needed = [
    ["sample", sets.generated, fewest],
    ["training image", sets.real, heldOut ? 2 : fewest],
    ...(heldOut ? [["held-out image", sets.heldOut!, fewest] as const] : []),
  ] as const;
  for (const [noun, features, least] of needed) {
    const count = features.length / sets.dimension;
    if (count < least) return `${quantity(count, noun)}, fewer than ${least}`;
  }
  return undefined;
}
