// What the chain of a row says.

import { median, millisecondsOf, pairRatios, spread } from "./statistics.mjs";

/** Milliseconds of one run of ours: the median over its measurements. */
export const ourTime = ({ chain }, clock) =>
  median(chain.filter(({ who }) => who === "ours").map(millisecondsOf[clock]));

export function peakMB({ chain }, who) {
  const peaks = chain.filter((m) => m.who === who).map((m) => m.peak_mb);
  return peaks.length > 0 ? Math.max(...peaks) : null;
}

/** The ratios of one rival; null where it was not measured. */
export function ratiosOf(row, rival, clock) {
  return rival in row.rivals ? spread(pairRatios(row.chain, rival, clock, row.rivals[rival].scale)) : null;
}

/** Ratios the other way round. */
export const inverse = (range) =>
  range && { ...range, median: 1 / range.median, low: 1 / range.high, high: 1 / range.low };
