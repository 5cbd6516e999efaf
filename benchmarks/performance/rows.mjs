// Builds the rows of a run as data: each row names the measured work, our engines and their baselines.

import { gemmFlops, stepFlops, stepGemms } from "./flops.mjs";

/** @import { Gemm, Options, Preparation, Row, Settings, Spec } from "./types.ts" */
/** @typedef {Pick<Options, "engines" | "shapes" | "methods" | "peers" | "parts" | "threads" | "before">} Chosen */

/** Baselines that measure the GEMM throughput of this machine: with one large GEMM, and with the GEMMs of the step. */
export const GEMM = { square: "square GEMM", own: "own GEMMs" };
/** The same step in an earlier build, on its engine `cpu`. */
export const BEFORE = "before";
/** The engine whose GEMM throughput is measured. */
export const GEMM_ENGINE = "cpu";

/**
 * The name of a baseline that is compared with one engine only.
 *
 * @param {string} baseline
 * @param {string} engine
 */
export const baselineOn = (baseline, engine) => `${baseline} on ${engine}`;

/**
 * Returns a row for every shape and method, then a row for every part.
 *
 * @param {Settings} settings
 * @param {Chosen} chosen
 * @returns {Row[]}
 */
export function rowsOf(settings, chosen) {
  const steps = chosen.shapes.flatMap((shapeName) =>
    chosen.methods.map((method) => stepRow(settings, shapeName, method, chosen)),
  );
  return [...steps, ...chosen.parts.map((part) => partRow(settings, part, chosen))];
}

/**
 * @param {Settings} settings
 * @param {string} shapeName
 * @param {string} method
 * @param {Chosen} chosen
 * @returns {Row}
 */
function stepRow(settings, shapeName, method, { engines, peers, threads, before }) {
  const shape = settings.shapes[shapeName];
  const stepSpec = (/** @type {string} */ name, /** @type {string} */ engine) =>
    nodeSpec({ work: "step", method: name, shape, threads, engine });
  /** @type {Record<string, Row["baselines"][string]>} */
  const baselines = {};
  for (const name of peers) {
    const { compile, precision } = settings.peers[name];
    const device = settings.engines[engines[0]].on === "gpu" ? "cuda" : "cpu";
    const prepare = { method, shape, threads, compile, precision, device };
    baselines[name] = { spec: { program: "python", shape, prepare }, scale: 1, precision };
  }
  if (before !== undefined) {
    const prepare = { work: "step", method, shape, threads };
    baselines[BEFORE] = { spec: { program: "before", shape, prepare }, scale: 1, precision: "float32" };
  }
  if (engines.includes(GEMM_ENGINE)) Object.assign(baselines, gemmBaselines(settings, shapeName, method, threads));
  if (method === "difffit")
    for (const engine of engines) {
      const { precision } = settings.engines[engine];
      baselines[baselineOn("full", engine)] = { spec: stepSpec("full", engine), scale: 1, engine, precision };
    }
  return {
    id: `${shapeName} ${method}`,
    kind: "step",
    shapeName,
    shape,
    method,
    flops: stepFlops(shape, method),
    ours: oursOf(settings, engines, (engine) => stepSpec(method, engine)),
    baselines,
    sameWork: [...peers, ...(before === undefined ? [] : [BEFORE])],
  };
}

/**
 * @param {Settings} settings
 * @param {string} shapeName
 * @param {string} method
 * @param {number} threads
 * @returns {Row["baselines"]}
 */
function gemmBaselines(settings, shapeName, method, threads) {
  const shape = settings.shapes[shapeName];
  const S = settings.square;
  /** @type {Gemm} */
  const squareGemm = {
    kind: "forward",
    batch: 1,
    m: S,
    k: S,
    n: S,
    transA: false,
    transB: false,
    fixed: true,
    times: 1,
  };
  const baseline = (/** @type {Gemm[]} */ gemms, /** @type {number} */ scale) => ({
    spec: nodeSpec({ work: "gemms", gemms, threads, engine: GEMM_ENGINE }),
    scale,
    engine: GEMM_ENGINE,
    precision: settings.engines[GEMM_ENGINE].precision,
  });
  return {
    [baselineOn(GEMM.square, GEMM_ENGINE)]: baseline([squareGemm], stepFlops(shape, method) / gemmFlops(squareGemm)),
    [baselineOn(GEMM.own, GEMM_ENGINE)]: baseline(stepGemms(shape, method), 1),
  };
}

/**
 * The engines or the baselines of a row as a result file has them: by name, each without its spec.
 *
 * @template {{ spec: unknown }} T
 * @param {Readonly<Record<string, T>>} participants
 * @returns {Record<string, Omit<T, "spec">>}
 */
export const withoutSpecs = (participants) =>
  Object.fromEntries(Object.entries(participants).map(([name, { spec: _, ...info }]) => [name, info]));

/** Whether an engine executes this part; the other parts are plain JavaScript. */
export const runsOnEngine = (/** @type {string} */ part) => ["loop", "sampler", "extractor"].includes(part);

/**
 * @param {Settings} settings
 * @param {string} part
 * @param {Chosen} chosen
 * @returns {Row}
 */
function partRow(settings, part, { engines: chosenEngines, threads }) {
  const engines = runsOnEngine(part) ? chosenEngines : chosenEngines.slice(0, 1);
  const specOf = (/** @type {Preparation} */ preparation, /** @type {string} */ engine) =>
    nodeSpec({ ...preparation, threads, engine });
  /** @type {Record<string, Row["baselines"][string]>} */
  const baselines = {};
  if (part === "loop")
    for (const engine of engines)
      baselines[baselineOn("same batch", engine)] = {
        spec: specOf({ ...partPreparation(settings, part), batching: false }, engine),
        scale: 1,
        engine,
        precision: settings.engines[engine].precision,
      };
  return {
    id: `part ${part}`,
    kind: "part",
    part,
    ours: oursOf(settings, engines, (engine) => specOf(partPreparation(settings, part), engine)),
    baselines,
    sameWork: [],
  };
}

/**
 * @param {Settings} settings
 * @param {string} part
 * @returns {Preparation}
 */
function partPreparation(settings, part) {
  switch (part) {
    case "loop":
      return { work: "loop", method: "difffit", batching: true };
    case "decoding-32":
    case "decoding-256":
      return { work: "decoding", size: Number(part.split("-")[1]), files: 64 };
    case "frechet":
      return { work: "frechet", dimension: settings.frechetDimension };
    default:
      return { work: part };
  }
}

/**
 * @param {Settings} settings
 * @param {readonly string[]} engines
 * @param {(engine: string) => Spec} specOf
 * @returns {Row["ours"]}
 */
const oursOf = (settings, engines, specOf) =>
  Object.fromEntries(
    engines.map((engine) => [engine, { spec: specOf(engine), precision: settings.engines[engine].precision }]),
  );

/**
 * @param {Preparation} prepare
 * @returns {Spec}
 */
const nodeSpec = (prepare) => ({ program: "node", ...(prepare.shape ? { shape: prepare.shape } : {}), prepare });
