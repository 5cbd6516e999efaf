// What is measured against what: the rows of a run, as data.

import { productFlops, stepFlops, stepProducts } from "./flops.mjs";

/** Names of rivals that are no peers: how fast this machine multiplies, by a large product and by the step's own. */
export const BARE = { square: "square product", own: "own products" };

/**
 * @param settings settings.json
 * @param chosen `{ engine, shapes, methods, peers, parts, threads }`, names out of the settings
 * @returns rows `{ id, kind, shape?, method?, ours, rivals: { name: { spec, scale } }, sameWork }`. A spec says which program and what it shall prepare;
 *   `scale` makes the rival's time that of our work
 */
export function rowsOf(settings, { engine = "cpu", shapes, methods, peers, parts, threads }) {
  const steps = shapes.flatMap((shapeName) =>
    methods.map((method) => stepRow(settings, { engine, shapeName, method, peers, threads })),
  );
  return [...steps, ...parts.map((part) => partRow(settings, part, threads))];
}

function stepRow(settings, { engine, shapeName, method, peers, threads }) {
  const shape = settings.shapes[shapeName];
  const step = (method) => node({ work: "step", method, shape, threads, ...(engine === "cpu" ? {} : { engine }) });
  const flops = stepFlops(shape, method);
  const S = settings.square;
  const square = { kind: "forward", batch: 1, m: S, k: S, n: S, transA: false, transB: false, fixed: true, times: 1 };
  const peer = (how) => ({ spec: { program: "python", shape, prepare: { method, shape, threads, ...how } }, scale: 1 });
  const onProcessor = {
    ...Object.fromEntries(peers.map((name) => [name, peer({ compile: name === "torch.compile" })])),
    [BARE.square]: {
      spec: node({ work: "products", products: [square], threads }),
      scale: flops / productFlops(square),
    },
    [BARE.own]: { spec: node({ work: "products", products: stepProducts(shape, method), threads }), scale: 1 },
  };
  const onDevice = Object.fromEntries(
    peers.map((name) => [name, peer({ device: "cuda", ...settings.devicePeers[name] })]),
  );
  const rivals = {
    ...(engine === "cpu" ? onProcessor : onDevice),
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
    rivals,
    sameWork: peers,
  };
}

function partRow(settings, part, threads) {
  const row = (spec, rivals = {}) => ({
    id: `part ${part}`,
    kind: "part",
    part,
    ours: node({ ...spec, threads }),
    rivals,
    sameWork: [],
  });
  const loop = (batching) => ({ work: "loop", method: "difffit", batching });
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

/** Specs of one shape share an estimate of their memory. */
const node = (prepare) => ({ program: "node", ...(prepare.shape ? { shape: prepare.shape } : {}), prepare });
