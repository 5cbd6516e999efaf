// How long the rest takes, from what its operations would take and how much longer the rows so far took than theirs.

const ASSUMED_FLOPS_PER_SECOND = 1e11;
const START_SECONDS = 5;

/** Seconds that a row is first taken to need. */
export function roughSeconds({ flops = 0, rivals }, { rounds, seconds, steps }) {
  const measurements = rounds * Math.max(1, 2 * Object.keys(rivals).length);
  const one = Math.max(seconds, (steps * flops) / ASSUMED_FLOPS_PER_SECOND);
  return measurements * one + START_SECONDS * (1 + Object.keys(rivals).length);
}

export function timeLeft(rows, options, now = () => performance.now() / 1e3) {
  const begun = now();
  const share = (row) =>
    roughSeconds(row, options) / (options.rounds * Math.max(1, 2 * Object.keys(row.rivals).length));
  const total = rows.reduce((sum, row) => sum + roughSeconds(row, options), 0);
  let done = 0;
  let ofRow = 0;
  return {
    measured(row) {
      ofRow = Math.min(roughSeconds(row, options), ofRow + share(row));
    },
    finished(row) {
      done += roughSeconds(row, options);
      ofRow = 0;
    },
    /** Seconds, by the rows' own pace once one is done. */
    seconds() {
      const pace = done > 0 ? (now() - begun) / (done + ofRow) : 1;
      return pace * (total - done - ofRow);
    },
    text() {
      const minutes = this.seconds() / 60;
      return `about ${minutes < 1.5 ? "a minute" : `${Math.round(minutes)} minutes`} left`;
    },
  };
}
