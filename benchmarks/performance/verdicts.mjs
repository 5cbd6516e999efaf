// Compares a result with the targets of settings.json. The median over the pairs decides about a ratio.

import { enginesOf, fastestPeer, inverse, label, ourTime, peakMB, ratiosOf } from "./figures.mjs";
import { BEFORE, baselineOn, GEMM, GEMM_ENGINE } from "./rows.mjs";

/** @import { PeerTarget, Result, ResultRow, Settings, Shape, Targets } from "./types.ts" */
/** @typedef {{ what: string, target: string, value: string, met: boolean }} Verdict */
/** @typedef {ResultRow & { shape: Shape, method: string, shapeName: string }} StepRow */
/** @typedef {Pick<Settings, "targets" | "peers" | "methods">} Judged */

/** All targets except those against PyTorch are for the engine that every installation has. */
const DEFAULT_ENGINE = "cpu";

/**
 * Returns one verdict for each target that the result has measurements for.
 *
 * @param {Pick<Result, "rows"> & { settings: Judged }} result
 * @returns {Verdict[]}
 */
export function verdicts({ rows, settings }) {
  const { targets, methods } = settings;
  const steps = /** @type {StepRow[]} */ (rows.filter(({ kind }) => kind === "step")).sort(
    (a, b) => a.shape.width - b.shape.width || methods.indexOf(a.method) - methods.indexOf(b.method),
  );
  const list = steps.flatMap((row) => [
    ...compareWithPeers(row, settings),
    ...(enginesOf(row).includes(DEFAULT_ENGINE)
      ? [...compareWithBefore(row, targets), ...gemmShare(row, targets), ...compareWithFull(row, targets)]
      : []),
  ]);
  list.push(...targets.peers.flatMap((target) => compareMost(steps, target, settings)));
  for (const row of rows.filter(({ kind }) => kind === "part")) {
    if (row.part === "frechet") {
      const seconds = ourTime(row, enginesOf(row)[0], "wall") / 1e3;
      list.push(atMost("Fréchet distance, seconds", seconds, targets.frechetSeconds));
    }
    const sameBatch = ratiosOf(row, DEFAULT_ENGINE, baselineOn("same batch", DEFAULT_ENGINE), "wall");
    if (sameBatch)
      list.push(atLeast("step on a fixed batch / step that makes its batch", sameBatch.median, targets.loop));
  }
  return list;
}

/**
 * Names a step of one engine. Results of schema 1 and 2, which had one engine, name the step only.
 *
 * @param {StepRow} row
 * @param {string} engine
 */
function subject({ id, ours }, engine) {
  const { precision } = ours[engine];
  return precision === undefined ? id : `${id}, ${label(engine, precision)}`;
}

/**
 * Compares each engine with the fastest PyTorch.
 *
 * @param {StepRow} row
 * @param {Judged} settings
 */
function compareWithPeers(row, { targets, peers }) {
  return targets.peers.flatMap((target) => {
    const { engine, against, atLeast: limit } = target;
    const fastest = isMeant(row, target) ? fastestPeer(row, engine, peers, against) : null;
    if (!fastest) return [];
    const precision = row.baselines[fastest.peer].precision;
    const name = precision === undefined ? "" : ` of ${against}, ${label(fastest.peer, precision)},`;
    return [atLeast(`${subject(row, engine)}: the fastest PyTorch${name} / ours`, fastest.ratio, limit)];
  });
}

/**
 * Whether a target is for this step.
 *
 * @param {StepRow} row
 * @param {PeerTarget} target
 */
const isMeant = (row, { engine, shapes, methods }) =>
  enginesOf(row).includes(engine) &&
  (shapes?.includes(row.shapeName) ?? true) &&
  (methods?.includes(row.method) ?? true);

/**
 * Judges the limit that more than half of the steps must reach.
 *
 * @param {readonly StepRow[]} steps
 * @param {PeerTarget} target
 * @param {Judged} settings
 * @returns {Verdict[]}
 */
function compareMost(steps, target, { peers }) {
  const { engine, against, mostAtLeast: limit } = target;
  if (limit === undefined) return [];
  const meant = steps.filter((row) => isMeant(row, target));
  const ratios = meant.flatMap((row) => fastestPeer(row, engine, peers, against)?.ratio ?? []);
  if (ratios.length === 0) return [];
  const reached = ratios.filter((ratio) => ratio >= limit).length;
  return [
    {
      what: `${label(engine, meant[0].ours[engine].precision)}, most steps: the fastest PyTorch of ${against} / ours`,
      target: `≥ ${format(limit)} in more than half`,
      value: `${reached} of ${ratios.length}`,
      met: 2 * reached > ratios.length,
    },
  ];
}

/**
 * Compares time and peak memory with the earlier build. Garbage raises the peak by some MB from measurement to
 * measurement, and ours is measured more often: peaks are those after as many measurements.
 *
 * @param {StepRow} row
 * @param {Targets} targets
 */
function compareWithBefore(row, { before }) {
  const ratios = ratiosOf(row, DEFAULT_ENGINE, BEFORE, "wall");
  if (!ratios || !before) return [];
  const earlier = label("the earlier build's cpu", row.baselines[BEFORE].precision);
  const count = row.chain.filter(({ who }) => who === BEFORE).length;
  const memory = (peakMB(row, DEFAULT_ENGINE, count) ?? Number.NaN) / (peakMB(row, BEFORE) ?? Number.NaN);
  const what = subject(row, DEFAULT_ENGINE);
  return [
    atLeast(`${what}: ${earlier} / ours`, ratios.median, row.method === "full" ? before.full : before.others),
    atMost(`${what}: memory / ${earlier}`, memory, before.memory),
  ];
}

/**
 * @param {StepRow} row
 * @param {Targets} targets
 */
function gemmShare(row, { share }) {
  const ratios = ratiosOf(row, GEMM_ENGINE, baselineOn(GEMM.square, GEMM_ENGINE), "wall");
  if (row.shape.width < share.fromWidth || !ratios) return [];
  const limit = row.method === "sample" ? share.sample : share.train;
  return [atLeast(`${subject(row, GEMM_ENGINE)}: share of the square GEMM's throughput`, ratios.median, limit)];
}

/**
 * Compares DiffFit with full fine-tuning, and the peak memory of DiffFit with its limit.
 *
 * @param {StepRow} row
 * @param {Targets} targets
 */
function compareWithFull(row, { difffitToFull, difffitPeakMB }) {
  if (row.method !== "difffit") return [];
  const what = subject(row, DEFAULT_ENGINE);
  const full = baselineOn("full", DEFAULT_ENGINE);
  const limit = difffitPeakMB[row.shapeName];
  const memory = peakMB(row, DEFAULT_ENGINE) ?? Number.NaN;
  const peak = limit ? [atMost(`${what}: peak MB`, memory, limit)] : [];
  const timeRatios = inverse(ratiosOf(row, DEFAULT_ENGINE, full, "wall"));
  if (!timeRatios) return peak;
  return [
    atMost(`${what} / full: time`, timeRatios.median, difffitToFull.time),
    below(`${what} / full: memory`, memory / (peakMB(row, full) ?? Number.NaN), difffitToFull.memory),
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
