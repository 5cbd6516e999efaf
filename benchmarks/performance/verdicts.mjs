// The targets of settings.json held against a result. Ratios are judged by the median of their pairs.

import { inverse, ourTime, peakMB, ratiosOf } from "./figures.mjs";
import { BARE } from "./rows.mjs";

/** @returns `{ what, wanted, found, met }`, one for each target that the result has something on */
export function verdicts({ rows, settings: { targets, peers, methods } }) {
  const steps = rows
    .filter(({ kind }) => kind === "step")
    .sort((a, b) => a.shape.width - b.shape.width || methods.indexOf(a.method) - methods.indexOf(b.method));
  const found = steps.flatMap((row) => [
    againstPeers(row, peers, targets),
    share(row, targets),
    ...difffit(row, targets),
  ]);
  for (const { part, ...row } of rows.filter(({ kind }) => kind === "part")) {
    if (part === "frechet") {
      const seconds = ourTime(row, "wall") / 1e3;
      found.push(atMost("Fréchet distance, seconds", seconds, targets.frechetSeconds));
    }
    const fed = part === "loop" && ratiosOf(row, "same batch", "wall");
    if (fed) found.push(atLeast("step fed the same batch / step that makes its batch", fed.median, targets.loop));
  }
  return found.filter((verdict) => verdict !== null);
}

/** The faster of the peers counts. */
function againstPeers(row, peers, targets) {
  const ratios = peers.flatMap((peer) => ratiosOf(row, peer, "wall")?.median ?? []);
  return ratios.length > 0
    ? atLeast(`${row.id}: the fastest PyTorch / ours`, Math.min(...ratios), targets.pytorch)
    : null;
}

function share(row, { share }) {
  const reached = row.shape.width >= share.fromWidth && ratiosOf(row, BARE.square, "wall");
  if (!reached) return null;
  return atLeast(
    `${row.id}: share of the square product's rate`,
    reached.median,
    row.method === "sample" ? share.sample : share.train,
  );
}

function difffit(row, { difffitToFull, difffitPeakMB }) {
  if (row.method !== "difffit") return [];
  const most = difffitPeakMB[row.shapeName];
  const peak = most ? [atMost(`${row.id}: peak MB`, peakMB(row, "ours"), most)] : [];
  const full = inverse(ratiosOf(row, "full", "wall"));
  if (!full) return peak;
  return [
    atMost(`${row.id} / full: time`, full.median, difffitToFull.time),
    below(`${row.id} / full: memory`, peakMB(row, "ours") / peakMB(row, "full"), difffitToFull.memory),
    ...peak,
  ];
}

const written = (x) => (x >= 100 ? String(Math.round(x)) : x.toFixed(2));
const atLeast = (what, value, wanted) => ({
  what,
  wanted: `≥ ${written(wanted)}`,
  found: written(value),
  met: value >= wanted,
});
const below = (what, value, wanted) => ({
  what,
  wanted: `< ${written(wanted)}`,
  found: written(value),
  met: value < wanted,
});
const atMost = (what, value, wanted) => ({
  what,
  wanted: `≤ ${written(wanted)}`,
  found: written(value),
  met: value <= wanted,
});
