// Computes ratios of times from a chain of measurements.

/** @import { Clock, Measurement, Times } from "./types.ts" */
/** @typedef {{ median: number, low: number, high: number, count: number }} Spread */

/**
 * The middle value, or the mean of the two middle ones.
 *
 * @param {readonly number[]} values
 * @throws RangeError for an empty list
 */
export function median(values) {
  if (values.length === 0) throw new RangeError("the median of an empty list is undefined");
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * Milliseconds of one run, from a measurement: the median of the wall times, the mean of the CPU time.
 *
 * @type {Record<Clock, (times: Times) => number>}
 */
export const millisecondsOf = {
  wall: ({ wall_ms }) => median(wall_ms),
  cpu: ({ wall_ms, cpu_ms }) => cpu_ms / wall_ms.length,
};

/**
 * The ratios baseline / ours, one for each measurement of the baseline. Ours is measured before and after it, with no
 * other baseline in between, and the mean of the two is the divisor. A load that rises or falls steadily cancels out.
 *
 * @param {readonly Measurement[]} chain measurements in the order in which they were made
 * @param {object} compared
 * @param {readonly string[]} compared.engines our engines, values of `who` in the chain; all others are baselines
 * @param {string} compared.engine the one that the baseline is compared with
 * @param {string} compared.baseline its name in the chain
 * @param {Clock} compared.clock
 * @param {number} [compared.scale] the work of ours divided by the work of the baseline
 */
export function pairRatios(chain, { engines, engine, baseline, clock, scale = 1 }) {
  const time = millisecondsOf[clock];
  /** Returns the first measurement of the engine from a position on, in steps of ±1, up to the next baseline. */
  const neighbour = (/** @type {number} */ from, /** @type {number} */ direction) => {
    for (let i = from; chain[i] && engines.includes(chain[i].who); i += direction)
      if (chain[i].who === engine) return [time(chain[i])];
    return [];
  };
  return chain.flatMap((measurement, i) => {
    if (measurement.who !== baseline) return [];
    const neighbours = [...neighbour(i - 1, -1), ...neighbour(i + 1, 1)];
    if (neighbours.length === 0) return [];
    return [(scale * time(measurement)) / (neighbours.reduce((a, b) => a + b) / neighbours.length)];
  });
}

/**
 * Returns the median, the smallest and the largest value; null for an empty list.
 *
 * @param {readonly number[]} values
 * @returns {Spread | null}
 */
export function spread(values) {
  if (values.length === 0) return null;
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), count: values.length };
}
