// The figures of a measured row: times, peak memory, ratios.

import { median, millisecondsOf, pairRatios, spread } from "./statistics.mjs";

/** @import { Against, Clock, Measured, ResultRow, Settings } from "./types.ts" */
/** @import { Spread } from "./statistics.mjs" */

/**
 * The name with its precision. Results of schema 1 and 2 name no precision.
 *
 * @param {string} name of an engine or a baseline
 * @param {string | undefined} precision
 */
export const label = (name, precision) => (precision === undefined ? name : `${name} (${precision})`);

/**
 * Our engines that were measured in the row.
 *
 * @param {Pick<ResultRow, "chain" | "ours">} row
 */
export const enginesOf = ({ chain, ours }) =>
  Object.keys(ours).filter((engine) => chain.some(({ who }) => who === engine));

/**
 * Milliseconds of one run of ours: the median over all measurements of the engine in the chain.
 *
 * @param {Pick<Measured, "chain">} row
 * @param {string} engine one that was measured
 * @param {Clock} clock
 */
export const ourTime = ({ chain }, engine, clock) =>
  median(chain.filter(({ who }) => who === engine).map(millisecondsOf[clock]));

/**
 * Peak memory of a process in MB, or null if the process was not measured.
 *
 * @param {Pick<Measured, "chain">} row
 * @param {string} who
 * @param {number} [count] the number of measurements that count, from the first on
 */
export function peakMB({ chain }, who, count = chain.length) {
  const measurements = chain.filter((m) => m.who === who).slice(0, count);
  const peaks = measurements.map((m) => m.peak_mb ?? 0);
  return peaks.length > 0 ? Math.max(...peaks) : null;
}

/**
 * The ratios of one baseline's time to that of one of our engines; null if they were not measured together.
 *
 * @param {Pick<ResultRow, "chain" | "ours" | "baselines">} row
 * @param {string} engine
 * @param {string} baseline
 * @param {Clock} clock
 */
export function ratiosOf({ chain, ours, baselines }, engine, baseline, clock) {
  const known = baselines[baseline];
  if (!known || (known.engine !== undefined && known.engine !== engine)) return null;
  return spread(pairRatios(chain, { engines: Object.keys(ours), engine, baseline, clock, scale: known.scale }));
}

/**
 * The fastest PyTorch, by the medians of the ratios of wall time; null if none was measured.
 *
 * @param {Pick<ResultRow, "chain" | "ours" | "baselines">} row
 * @param {string} engine
 * @param {Settings["peers"]} peers
 * @param {Against} against
 * @returns {{ peer: string, ratio: number } | null}
 */
export function fastestPeer(row, engine, peers, against) {
  const candidates = Object.keys(peers).flatMap((peer) => {
    const ratio = ratiosOf(row, engine, peer, "wall")?.median;
    const isCompared = against === "any precision" || row.baselines[peer]?.precision === row.ours[engine].precision;
    return ratio !== undefined && isCompared ? [{ peer, ratio }] : [];
  });
  return candidates.sort((a, b) => a.ratio - b.ratio)[0] ?? null;
}

/**
 * Returns the spread of the reciprocal ratios: the smallest ratio becomes the largest.
 *
 * @param {Spread | null} range
 * @returns {Spread | null}
 */
export const inverse = (range) =>
  range && { ...range, median: 1 / range.median, low: 1 / range.high, high: 1 / range.low };
