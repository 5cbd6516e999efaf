// A result compared with the targets of settings.json. A ratio counts by the median of its pairs.

import { inverse, ourTime, peakMB, ratiosOf } from "./figures.mjs";
import { GEMM } from "./rows.mjs";

/** @import { Result, ResultRow, Settings, Shape, Targets } from "./types.ts" */
/** @typedef {{ what: string, target: string, found: string, met: boolean }} Verdict */
/** @typedef {ResultRow & { shape: Shape, method: string, shapeName: string }} StepRow */

/**
 * One verdict for each target that the result has a measurement of.
 *
 * @param {Pick<Result, "rows"> & { settings: Pick<Settings, "targets" | "peers" | "methods"> }} result
 */
export function verdicts({ rows, settings: { targets, peers, methods } }) {
  const steps = /** @type {StepRow[]} */ (rows.filter(({ kind }) => kind === "step")).sort(
    (a, b) => a.shape.width - b.shape.width || methods.indexOf(a.method) - methods.indexOf(b.method),
  );
  const found = steps.flatMap((row) => [
    againstPeers(row, peers, targets),
    gemmShare(row, targets),
    ...againstFull(row, targets),
  ]);
  for (const { part, ...row } of rows.filter(({ kind }) => kind === "part")) {
    if (part === "frechet") {
      const seconds = ourTime(row, "wall") / 1e3;
      found.push(atMost("Fréchet distance, seconds", seconds, targets.frechetSeconds));
    }
    const sameBatch = part === "loop" && ratiosOf(row, "same batch", "wall");
    if (sameBatch)
      found.push(atLeast("step on a fixed batch / step that makes its batch", sameBatch.median, targets.loop));
  }
  return found.filter((verdict) => verdict !== null);
}

/**
 * The fastest peer counts.
 *
 * @param {StepRow} row
 * @param {readonly string[]} peers
 * @param {Targets} targets
 */
function againstPeers(row, peers, targets) {
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
  const reached = row.shape.width >= share.fromWidth && ratiosOf(row, GEMM.square, "wall");
  if (!reached) return null;
  return atLeast(
    `${row.id}: share of the square GEMM's throughput`,
    reached.median,
    row.method === "sample" ? share.sample : share.train,
  );
}

/**
 * DiffFit over full fine-tuning, and DiffFit's peak memory.
 *
 * @param {StepRow} row
 * @param {Targets} targets
 */
function againstFull(row, { difffitToFull, difffitPeakMB }) {
  if (row.method !== "difffit") return [];
  const limit = difffitPeakMB[row.shapeName];
  const memory = peakMB(row, "ours") ?? Number.NaN;
  const peak = limit ? [atMost(`${row.id}: peak MB`, memory, limit)] : [];
  const full = inverse(ratiosOf(row, "full", "wall"));
  if (!full) return peak;
  return [
    atMost(`${row.id} / full: time`, full.median, difffitToFull.time),
    below(`${row.id} / full: memory`, memory / (peakMB(row, "full") ?? Number.NaN), difffitToFull.memory),
    ...peak,
  ];
}

const formatted = (/** @type {number} */ x) => (x >= 100 ? String(Math.round(x)) : x.toFixed(2));

/**
 * @param {string} sign
 * @param {(value: number, limit: number) => boolean} holds
 * @returns {(what: string, value: number, limit: number) => Verdict}
 */
const comparison = (sign, holds) => (what, value, limit) => ({
  what,
  target: `${sign} ${formatted(limit)}`,
  found: formatted(value),
  met: holds(value, limit),
});
const atLeast = comparison("≥", (value, limit) => value >= limit);
const below = comparison("<", (value, limit) => value < limit);
const atMost = comparison("≤", (value, limit) => value <= limit);
