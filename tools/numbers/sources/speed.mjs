// The measured steps of results/performance: machine, engine, step, figure, width.
//
//     speed amd-zen4 openvino lora fastest       PyTorch's time over ours: the fastest of equal precision
//     speed amd-zen4 openvino lora fastest-any   the fastest of any precision
//     speed h200 cuda lora pytorch 384           one baseline, as the columns of the page; one width
//     speed amd-zen4 openvino lora ms            our time of a step in milliseconds
//     speed amd-zen4 openvino lora MB            our peak memory
//     speed amd-zen4 version                     the version of PyTorch
//
// Without a width it is a value for each of 192, 384 and 1152, with – where nothing was measured. A step is a method or
// `sample`; `bitfit,lora` is the range of several, `all` that of all. `sample;difffit;full` are the cells of a table's
// row, and `each` those of all steps.

import { fileURLToPath } from "node:url";
import { fastestPeer, ourTime, peakMB, ratiosOf } from "../../../benchmarks/performance/figures.mjs";
import { readResultFile } from "../../../benchmarks/performance/result-file.mjs";
import { formatNumber, formatRatio } from "../../../benchmarks/performance/table.mjs";
import { choose, expectNoMore } from "../choose.mjs";

/** @import { Result, ResultRow } from "../../../benchmarks/performance/types.ts" */

const OPENVINO = "cpu-openvino-openvino+bfloat16-2-threads";

/**
 * The result files of each machine, as docs/log.md names it. Of two that have a row, the first one counts.
 *
 * @type {ReadonlyMap<string, readonly string[]>}
 */
const machines = new Map([
  ["amd-avx512", ["495df84-2-threads-3-rounds", "495df84-2-threads-1-rounds"]],
  ["amd-avx2", ["44c8ab8-2-threads-3-rounds", "fa7bd0e-2-threads-3-rounds", "fa7bd0e-2-threads-1-rounds"]],
  ["amd-zen4", [`e103f1f-${OPENVINO}-2-rounds`, `73c1c7d-${OPENVINO}-2-rounds`, `73c1c7d-${OPENVINO}-1-rounds`]],
  ["intel-avx512", ["7553038-cpu-openvino-2-threads-2-rounds", "7553038-cpu-openvino-2-threads-1-rounds"]],
  ["intel-granite", [`f86d657-${OPENVINO}-2-rounds`, "f86d657-openvino-2-threads-1-rounds"]],
  ["h200", ["ae13c68-cuda-1-rounds", "ae13c68-webgpu-1-rounds"]],
]);

const WIDTHS = [192, 384, 1152];
const GAP = "–";

export default { name: "speed", open: async () => answer };

/** @param {readonly string[]} words */
function answer([machine, engine = "", step = "", figure = "", width, ...rest]) {
  expectNoMore(rest);
  const results = choose("machine", machine, machines).map(read);
  if (engine === "version") return versionOf(results);
  const widths = width === undefined ? WIDTHS : [choose("width", width, new Map(WIDTHS.map((w) => [String(w), w])))];
  const steps = results[0].settings.methods;
  const cells = (step === "each" ? steps : step.split(";")).map((names) => {
    const methods = names === "all" ? steps : names.split(",");
    return widths.map((w) => range(methods.map((method) => figureOf(results, { engine, method, width: w, figure }))));
  });
  if (cells.flat().every((value) => value === GAP)) throw new Error(nothingMeasured(results));
  const texts = cells.map((values) => values.join(" / "));
  return texts.length === 1 ? texts[0] : texts.map((text) => `| ${text}`).join(" ");
}

/**
 * The lowest and the highest of several figures.
 *
 * @param {readonly string[]} figures
 */
function range(figures) {
  const known = figures.filter((text) => text !== GAP).sort((a, b) => Number(a) - Number(b));
  const [low = GAP, high = low] = [known[0], known.at(-1)];
  return low === high ? low : `${low}–${high}`;
}

/** @param {readonly Result[]} results */
function nothingMeasured(results) {
  const rows = results.flatMap((result) => result.rows);
  const list = (/** @type {readonly (string | undefined)[]} */ names) => [...new Set(names)].filter(Boolean).join(", ");
  return (
    "nothing was measured that fits all of these words; available: " +
    `engines ${list(rows.flatMap(({ ours }) => Object.keys(ours)))}; ` +
    `steps ${list(rows.map(({ method }) => method))}; ` +
    `figures fastest, fastest-any, ms, MB, ${list(rows.flatMap(({ baselines }) => Object.keys(baselines)))}`
  );
}

/** @type {Map<string, Result>} */
const kept = new Map();

/** @param {string} name */
function read(name) {
  const path = fileURLToPath(new URL(`../../../results/performance/${name}.json`, import.meta.url));
  const result = kept.get(name) ?? readResultFile(path);
  kept.set(name, result);
  return result;
}

/**
 * @param {readonly Result[]} results
 * @param {{ engine: string, method: string, width: number, figure: string }} wanted
 */
function figureOf(results, { engine, method, width, figure }) {
  for (const result of results) {
    const row = result.rows.find(
      (candidate) => candidate.method === method && candidate.shape?.width === width && isMeasured(candidate, engine),
    );
    if (row) return figureIn(row, engine, figure, result) ?? GAP;
  }
  return GAP;
}

/**
 * @param {ResultRow} row
 * @param {string} engine
 * @param {string} figure `fastest`, `fastest-any`, `ms`, `MB`, or the name of a baseline
 * @param {Result} result
 * @returns {string | null} null if it was not measured
 */
function figureIn(row, engine, figure, { settings: { peers } }) {
  const memory = peakMB(row, engine);
  if (figure === "MB") return memory === null ? null : formatNumber(memory);
  if (figure === "ms") return formatNumber(ourTime(row, engine, "wall"));
  const ratio =
    figure === "fastest" || figure === "fastest-any"
      ? fastestPeer(row, engine, peers, figure === "fastest" ? "equal precision" : "any precision")?.ratio
      : ratiosOf(row, engine, figure, "wall")?.median;
  return ratio === undefined ? null : formatRatio(ratio);
}

const isMeasured = (/** @type {ResultRow} */ { chain }, /** @type {string} */ engine) =>
  chain.some(({ who }) => who === engine);

/** @param {readonly Result[]} results */
function versionOf(results) {
  const reports = results.flatMap(({ rows }) => rows.flatMap(({ about }) => Object.values(about).flat()));
  const versions = reports.flatMap((report) => report?.versions?.torch ?? []);
  return [...new Set(versions.map((version) => version.split(".").slice(0, 2).join(".")))].join(", ");
}
