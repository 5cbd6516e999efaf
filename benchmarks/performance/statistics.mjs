// From a chain of measurements to ratios.

/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  if (values.length === 0) throw new RangeError("the median of no values was asked for");
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Milliseconds of one run, from a measurement: the median of the wall times, the mean of the processor time. */
export const millisecondsOf = {
  wall: ({ wall_ms }) => median(wall_ms),
  cpu: ({ wall_ms, cpu_ms }) => cpu_ms / wall_ms.length,
};

/**
 * The ratios rival / ours, one for each measurement of the rival. Ours is measured before and after it; the mean of the two
 * stands for ours at the rival's moment, whatever else the machine was beginning or ceasing to do.
 *
 * @param chain measurements in the order in which they were made, `who` being "ours" or a rival's name
 * @param scale work of ours over work of the rival, where they differ
 */
export function pairRatios(chain, rival, clock, scale = 1) {
  const time = millisecondsOf[clock];
  return chain.flatMap((measurement, i) => {
    if (measurement.who !== rival) return [];
    const beside = [chain[i - 1], chain[i + 1]].filter((other) => other?.who === "ours").map(time);
    if (beside.length === 0) return [];
    return [(scale * time(measurement)) / (beside.reduce((a, b) => a + b) / beside.length)];
  });
}

/** Median, least and largest; null of nothing. */
export function spread(values) {
  if (values.length === 0) return null;
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), count: values.length };
}
