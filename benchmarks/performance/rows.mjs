// Builds the rows of a run as data: each row names the measured work and its baselines.

import { gemmFlops, stepFlops, stepGemms } from "./flops.mjs";

/** @import { Gemm, Options, Preparation, Row, Settings, Spec } from "./types.ts" */

/** Baselines that measure the GEMM throughput of this machine: with one large GEMM, and with the GEMMs of the step. */
export const GEMM = { square: "square GEMM", own: "own GEMMs" };

/**
 * Returns a row for every shape and method, then a row for every part.
 *
 * @param {Settings} settings
 * @param {Pick<Options, "shapes" | "methods" | "peers" | "parts" | "threads"> & { engine?: string }} chosen
 * @returns {Row[]}
 */
export function rowsOf(settings, { engine = "cpu", shapes, methods, peers, parts, threads }) {
  const steps = shapes.flatMap((shapeName) =>
    methods.map((method) => stepRow(settings, { engine, shapeName, method, peers, threads })),
  );
  return [...steps, ...parts.map((part) => partRow(settings, part, threads))];
}

/**
 * @param {Settings} settings
 * @param {{ engine: string, shapeName: string, method: string, peers: readonly string[], threads: number }} chosen
 * @returns {Row}
 */
function stepRow(settings, { engine, shapeName, method, peers, threads }) {
  const shape = settings.shapes[shapeName];
  const stepSpec = (/** @type {string} */ name) =>
    nodeSpec({ work: "step", method: name, shape, threads, ...(engine === "cpu" ? {} : { engine }) });
  const flops = stepFlops(shape, method);
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
  /**
   * @param {object} options
   * @returns {{ spec: Spec, scale: number }}
   */
  const peerBaseline = (options) => ({
    spec: { program: "python", shape, prepare: { method, shape, threads, ...options } },
    scale: 1,
  });
  const cpuBaselines = {
    ...Object.fromEntries(peers.map((name) => [name, peerBaseline({ compile: name === "torch.compile" })])),
    [GEMM.square]: {
      spec: nodeSpec({ work: "gemms", gemms: [squareGemm], threads }),
      scale: flops / gemmFlops(squareGemm),
    },
    [GEMM.own]: { spec: nodeSpec({ work: "gemms", gemms: stepGemms(shape, method), threads }), scale: 1 },
  };
  const deviceBaselines = Object.fromEntries(
    peers.map((name) => [name, peerBaseline({ device: "cuda", ...settings.devicePeers[name] })]),
  );
  const baselines = {
    ...(engine === "cpu" ? cpuBaselines : deviceBaselines),
    ...(method === "difffit" ? { full: { spec: stepSpec("full"), scale: 1 } } : {}),
  };
  return {
    id: `${shapeName} ${method}`,
    kind: "step",
    shapeName,
    shape,
    method,
    flops,
    ours: stepSpec(method),
    baselines,
    sameWork: peers,
  };
}

/**
 * @param {Settings} settings
 * @param {string} part
 * @param {number} threads
 * @returns {Row}
 */
function partRow(settings, part, threads) {
  /**
   * @param {Preparation} preparation
   * @param {Row["baselines"]} [baselines]
   * @returns {Row}
   */
  const row = (preparation, baselines = {}) => ({
    id: `part ${part}`,
    kind: "part",
    part,
    ours: nodeSpec({ ...preparation, threads }),
    baselines,
    sameWork: [],
  });
  const loopPreparation = (/** @type {boolean} */ batching) => ({ work: "loop", method: "difffit", batching });
  switch (part) {
    case "loop":
      return row(loopPreparation(true), {
        "same batch": { spec: nodeSpec({ ...loopPreparation(false), threads }), scale: 1 },
      });
    case "decoding-32":
    case "decoding-256":
      return row({ work: "decoding", size: Number(part.split("-")[1]), files: 64 });
    case "frechet":
      return row({ work: "frechet", dimension: settings.frechetDimension });
    default:
      return row({ work: part });
  }
}

/**
 * @param {Preparation} prepare
 * @returns {Spec}
 */
const nodeSpec = (prepare) => ({ program: "node", ...(prepare.shape ? { shape: prepare.shape } : {}), prepare });
