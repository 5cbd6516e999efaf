// How long cells take that run several at a time.

/**
 * Seconds until the last cell ends, if each starts as soon as one of the jobs is free.
 *
 * @param seconds of each cell, in the order in which they start
 * @param running seconds until each running cell ends
 */
export function makespan(seconds: readonly number[], jobs: number, running: readonly number[] = []): number {
  const ends = [...running];
  while (ends.length < jobs) ends.push(0);
  for (const duration of seconds) ends[ends.indexOf(Math.min(...ends))]! += duration;
  return Math.max(...ends);
}
