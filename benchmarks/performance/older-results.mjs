// Converts result files of schema 1 and 2 to the present schema. Their pages stay as they were published.
//
// Schema 1 had the key `rivals` in place of `baselines`, and named the two GEMM baselines differently. Up to schema 2 a
// result had one engine, which its chains call "ours", and named no precision: on the CPU everything was float32.

import { baselineOn, GEMM } from "./rows.mjs";

/** @import { Result, ResultRow, Settings } from "./types.ts" */

export const OLDER_SCHEMAS = [1, 2];
const ONE_ENGINE_BASELINES = [GEMM.square, GEMM.own, "full", "same batch"];

/**
 * @param {string} text JSON of schema 1 or 2
 * @returns {Omit<Result, "schema">}
 */
export function convertOlderResult(text) {
  const renamed = text
    .replaceAll('"rivals":', '"baselines":')
    .replaceAll('"square product"', '"square GEMM"')
    .replaceAll('"own products"', '"own GEMMs"');
  const { engine = "cpu", settings, rows, schema: _, ...rest } = JSON.parse(renamed);
  return {
    ...rest,
    engines: [engine],
    settings: convertSettings(settings, engine),
    rows: rows.map((/** @type {any} */ row) => convertRow(row, engine)),
  };
}

/**
 * @param {any} settings of schema 1 or 2: `peers` are names, `devicePeers` the settings of those on a GPU
 * @param {string} engine
 * @returns {Settings}
 */
function convertSettings({ peers, devicePeers, targets: { pytorch, ...targets }, ...rest }, engine) {
  const place = engine === "cpu" ? "cpu" : "gpu";
  const peersOfCPU = Object.fromEntries(
    peers.map((/** @type {string} */ name) => [name, { compile: name === "torch.compile", precision: "float32" }]),
  );
  const converted = Object.entries(place === "cpu" ? peersOfCPU : devicePeers).map(([name, peer]) => [
    name,
    { on: [place], ...peer },
  ]);
  return {
    ...rest,
    engines: { [engine]: { on: place, precision: "float32" } },
    peers: Object.fromEntries(converted),
    targets: { ...targets, peers: [{ engine: "cpu", against: "equal precision", atLeast: pytorch }] },
  };
}

/**
 * @param {any} row of schema 1 or 2
 * @param {string} engine
 * @returns {ResultRow}
 */
function convertRow({ baselines, chain, about, failed, ...rest }, engine) {
  const rename = (/** @type {string} */ who) =>
    who === "ours" ? engine : ONE_ENGINE_BASELINES.includes(who) ? baselineOn(who, engine) : who;
  const renameKeys = (/** @type {Record<string, any>} */ values) =>
    Object.fromEntries(Object.entries(values).map(([who, value]) => [rename(who), value]));
  return {
    ...rest,
    ours: { [engine]: {} },
    baselines: renameKeys(baselines),
    chain: chain.map((/** @type {{ who: string }} */ m) => ({ ...m, who: rename(m.who) })),
    about: renameKeys(about),
    failed: renameKeys(failed),
  };
}
