// The time left: the rows' operations give a first estimate, the pace of the finished rows corrects it.

/** @import { Row } from "./types.ts" */
/** @typedef {Pick<Row, "flops" | "baselines">} Work */
/** @typedef {{ rounds: number, seconds: number, steps: number }} Thoroughness */

const ASSUMED_FLOPS_PER_SECOND = 1e11;
const START_SECONDS = 5;

/**
 * The first estimate for a row, in seconds.
 *
 * @param {Work} row
 * @param {Thoroughness} options
 */
export function roughSeconds({ flops = 0, baselines }, { rounds, seconds, steps }) {
  const count = Object.keys(baselines).length;
  const one = Math.max(seconds, (steps * flops) / ASSUMED_FLOPS_PER_SECOND);
  return rounds * Math.max(1, 2 * count) * one + START_SECONDS * (1 + count);
}

/**
 * @param {readonly Work[]} rows
 * @param {Thoroughness} options
 * @param {() => number} [now] in seconds
 */
export function timeLeft(rows, options, now = () => performance.now() / 1e3) {
  const start = now();
  /** @param {Work} row */
  const share = (row) =>
    roughSeconds(row, options) / (options.rounds * Math.max(1, 2 * Object.keys(row.baselines).length));
  const total = rows.reduce((sum, row) => sum + roughSeconds(row, options), 0);
  let done = 0;
  let ofRow = 0;
  return {
    /** @param {Work} row of which one more measurement is done */
    measured(row) {
      ofRow = Math.min(roughSeconds(row, options), ofRow + share(row));
    },
    /** @param {Work} row */
    finished(row) {
      done += roughSeconds(row, options);
      ofRow = 0;
    },
    /** Seconds, by the rows' own pace once one is done. */
    seconds() {
      const pace = done > 0 ? (now() - start) / (done + ofRow) : 1;
      return pace * (total - done - ofRow);
    },
    text() {
      const minutes = this.seconds() / 60;
      return `about ${minutes < 1.5 ? "a minute" : `${Math.round(minutes)} minutes`} left`;
    },
  };
}
