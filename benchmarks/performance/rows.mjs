// The rows of a run as data: what is measured, and against which baselines.

import { gemmFlops, stepFlops, stepGemms } from "./flops.mjs";

/** @import { Gemm, Options, Preparation, Row, Settings, Spec } from "./types.ts" */

/** Baselines that are no peers: this machine's GEMM throughput, by one large GEMM and by the step's own GEMMs. */
export const GEMM = { square: "square GEMM", own: "own GEMMs" };

/**
 * Steps of every shape and method, then parts.
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
  const step = (/** @type {string} */ name) =>
    node({ work: "step", method: name, shape, threads, ...(engine === "cpu" ? {} : { engine }) });
  const flops = stepFlops(shape, method);
  const S = settings.square;
  /** @type {Gemm} */
  const square = { kind: "forward", batch: 1, m: S, k: S, n: S, transA: false, transB: false, fixed: true, times: 1 };
  /**
   * @param {object} how
   * @returns {{ spec: Spec, scale: number }}
   */
  const peer = (how) => ({ spec: { program: "python", shape, prepare: { method, shape, threads, ...how } }, scale: 1 });
  const onCpu = {
    ...Object.fromEntries(peers.map((name) => [name, peer({ compile: name === "torch.compile" })])),
    [GEMM.square]: { spec: node({ work: "gemms", gemms: [square], threads }), scale: flops / gemmFlops(square) },
    [GEMM.own]: { spec: node({ work: "gemms", gemms: stepGemms(shape, method), threads }), scale: 1 },
  };
  const onDevice = Object.fromEntries(
    peers.map((name) => [name, peer({ device: "cuda", ...settings.devicePeers[name] })]),
  );
  const baselines = {
    ...(engine === "cpu" ? onCpu : onDevice),
    ...(method === "difffit" ? { full: { spec: step("full"), scale: 1 } } : {}),
  };
  return {
    id: `${shapeName} ${method}`,
    kind: "step",
    shapeName,
    shape,
    method,
    flops,
    ours: step(method),
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
    ours: node({ ...preparation, threads }),
    baselines,
    sameWork: [],
  });
  const loop = (/** @type {boolean} */ batching) => ({ work: "loop", method: "difffit", batching });
  switch (part) {
    case "loop":
      return row(loop(true), { "same batch": { spec: node({ ...loop(false), threads }), scale: 1 } });
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
const node = (prepare) => ({ program: "node", ...(prepare.shape ? { shape: prepare.shape } : {}), prepare });
