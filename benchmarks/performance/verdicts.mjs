// Compares a result with the targets of settings.json. The median over the pairs decides about a ratio.

import { inverse, ourTime, peakMB, ratiosOf } from "./figures.mjs";
import { GEMM } from "./rows.mjs";

/** @import { Result, ResultRow, Settings, Shape, Targets } from "./types.ts" */
/** @typedef {{ what: string, target: string, value: string, met: boolean }} Verdict */
/** @typedef {ResultRow & { shape: Shape, method: string, shapeName: string }} StepRow */

/**
 * Returns one verdict for each target that the result has measurements for.
 *
 * @param {Pick<Result, "rows"> & { settings: Pick<Settings, "targets" | "peers" | "methods"> }} result
 */
export function verdicts({ rows, settings: { targets, peers, methods } }) {
  const steps = /** @type {StepRow[]} */ (rows.filter(({ kind }) => kind === "step")).sort(
    (a, b) => a.shape.width - b.shape.width || methods.indexOf(a.method) - methods.indexOf(b.method),
  );
  const list = steps.flatMap((row) => [
    compareWithPeers(row, peers, targets),
    gemmShare(row, targets),
    ...compareWithFull(row, targets),
  ]);
  for (const { part, ...row } of rows.filter(({ kind }) => kind === "part")) {
    if (part === "frechet") {
      const seconds = ourTime(row, "wall") / 1e3;
      list.push(atMost("Fréchet distance, seconds", seconds, targets.frechetSeconds));
    }
    const sameBatch = part === "loop" && ratiosOf(row, "same batch", "wall");
    if (sameBatch)
      list.push(atLeast("step on a fixed batch / step that makes its batch", sameBatch.median, targets.loop));
  }
  return list.filter((verdict) => verdict !== null);
}

/**
 * Compares ours with the fastest peer.
 *
 * @param {StepRow} row
 * @param {readonly string[]} peers
 * @param {Targets} targets
 */
function compareWithPeers(row, peers, targets) {
  const ratios = peers.flatMap((peer) => ratiosOf(row, peer, "wall")?.median ?? []);
  return ratios.length > 0
    ? atLeast(`${row.id}: the fastest PyTorch / ours`, Math.min(...ratios), targets.pytorch)
    : null;
}

/**
 * @param {StepRow} row
 * @param {Targets} targets
 */
function gemmShare(row, { share }) {
  const ratios = row.shape.width >= share.fromWidth && ratiosOf(row, GEMM.square, "wall");
  if (!ratios) return null;
  return atLeast(
    `${row.id}: share of the square GEMM's throughput`,
    ratios.median,
    row.method === "sample" ? share.sample : share.train,
  );
}

/**
 * Compares DiffFit with full fine-tuning, and the peak memory of DiffFit with its limit.
 *
 * @param {StepRow} row
 * @param {Targets} targets
 */
function compareWithFull(row, { difffitToFull, difffitPeakMB }) {
  if (row.method !== "difffit") return [];
  const limit = difffitPeakMB[row.shapeName];
  const memory = peakMB(row, "ours") ?? Number.NaN;
  const peak = limit ? [atMost(`${row.id}: peak MB`, memory, limit)] : [];
  const timeRatios = inverse(ratiosOf(row, "full", "wall"));
  if (!timeRatios) return peak;
  return [
    atMost(`${row.id} / full: time`, timeRatios.median, difffitToFull.time),
    below(`${row.id} / full: memory`, memory / (peakMB(row, "full") ?? Number.NaN), difffitToFull.memory),
    ...peak,
  ];
}

const format = (/** @type {number} */ x) => (x >= 100 ? String(Math.round(x)) : x.toFixed(2));

/**
 * @param {string} sign
 * @param {(value: number, limit: number) => boolean} holds
 * @returns {(what: string, value: number, limit: number) => Verdict}
 */
const comparison = (sign, holds) => (what, value, limit) => ({
  what,
  target: `${sign} ${format(limit)}`,
  value: format(value),
  met: holds(value, limit),
});
const atLeast = comparison("≥", (value, limit) => value >= limit);
const below = comparison("<", (value, limit) => value < limit);
const atMost = comparison("≤", (value, limit) => value <= limit);
