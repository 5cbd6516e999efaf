// Estimates the time left, first from the operations of the rows, then from the pace of the finished rows.

/** @import { Row } from "./types.ts" */
/** @typedef {Pick<Row, "flops" | "ours" | "baselines">} Work */
/** @typedef {{ rounds: number, seconds: number, steps: number }} Thoroughness */

const ASSUMED_FLOPS_PER_SECOND = 1e11;
const START_SECONDS = 5; // to start one process

/**
 * Returns the number of measurements in one round: every baseline, and behind it the engines compared with it.
 *
 * @param {Work} row
 */
function measurementsPerRound({ ours, baselines }) {
  const engines = Object.keys(ours).length;
  const counts = Object.values(baselines).map(({ engine }) => 1 + (engine === undefined ? engines : 1));
  return counts.length > 0 ? counts.reduce((a, b) => a + b) : engines;
}

/**
 * Returns the first estimate for a row in seconds.
 *
 * @param {Work} row
 * @param {Thoroughness} options
 */
export function roughSeconds(row, { rounds, seconds, steps }) {
  const processes = Object.keys({ ...row.ours, ...row.baselines }).length;
  const measurementSeconds = Math.max(seconds, (steps * (row.flops ?? 0)) / ASSUMED_FLOPS_PER_SECOND);
  return rounds * (measurementsPerRound(row) * measurementSeconds + START_SECONDS * processes);
}

/**
 * Follows the progress of a run: call `measured` after every measurement and `finished` after every row.
 *
 * @param {readonly Work[]} rows
 * @param {Thoroughness} options
 * @param {() => number} [now] in seconds
 */
export function timeLeft(rows, options, now = () => performance.now() / 1e3) {
  const start = now();
  /** @param {Work} row */
  const secondsPerMeasurement = (row) => roughSeconds(row, options) / (options.rounds * measurementsPerRound(row));
  const total = rows.reduce((sum, row) => sum + roughSeconds(row, options), 0);
  let finishedSeconds = 0;
  let rowSeconds = 0;
  return {
    /** @param {Work} row the row that has one more measurement */
    measured(row) {
      rowSeconds = Math.min(roughSeconds(row, options), rowSeconds + secondsPerMeasurement(row));
    },
    /** @param {Work} row */
    finished(row) {
      finishedSeconds += roughSeconds(row, options);
      rowSeconds = 0;
    },
    /** Returns the seconds left, by the pace of the finished rows as soon as one is finished. */
    seconds() {
      const pace = finishedSeconds > 0 ? (now() - start) / (finishedSeconds + rowSeconds) : 1;
      return pace * (total - finishedSeconds - rowSeconds);
    },
    text() {
      const minutes = this.seconds() / 60;
      return `about ${minutes < 1.5 ? "a minute" : `${Math.round(minutes)} minutes`} left`;
    },
  };
}
