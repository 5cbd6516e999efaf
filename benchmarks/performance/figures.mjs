// The figures of a measured row: times, peak memory, ratios.

import { median, millisecondsOf, pairRatios, spread } from "./statistics.mjs";

/** @import { Clock, Measured, ResultRow } from "./types.ts" */
/** @import { Spread } from "./statistics.mjs" */

/**
 * Milliseconds of one run of ours: the median over all measurements of ours in the chain.
 *
 * @param {Pick<Measured, "chain">} row
 * @param {Clock} clock
 */
export const ourTime = ({ chain }, clock) =>
  median(chain.filter(({ who }) => who === "ours").map(millisecondsOf[clock]));

/**
 * Peak memory of a process in MB, or null if the process was not measured.
 *
 * @param {Pick<Measured, "chain">} row
 * @param {string} who
 */
export function peakMB({ chain }, who) {
  const peaks = chain.filter((m) => m.who === who).map((m) => m.peak_mb ?? 0);
  return peaks.length > 0 ? Math.max(...peaks) : null;
}

/**
 * The ratios of one baseline's time to ours; null if the baseline was not measured.
 *
 * @param {Pick<ResultRow, "chain" | "baselines">} row
 * @param {string} baseline
 * @param {Clock} clock
 */
export function ratiosOf(row, baseline, clock) {
  const known = row.baselines[baseline];
  return known ? spread(pairRatios(row.chain, baseline, clock, known.scale)) : null;
}

/**
 * Returns the spread of the reciprocal ratios: the smallest ratio becomes the largest.
 *
 * @param {Spread | null} range
 * @returns {Spread | null}
 */
export const inverse = (range) =>
  range && { ...range, median: 1 / range.median, low: 1 / range.high, high: 1 / range.low };
