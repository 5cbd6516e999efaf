// Draws docs/architecture.svg: the packages in layers, with an arrow from each package to the packages that it imports.
//
//     node tools/architecture/draw.mjs
//
// The layout follows Sugiyama, Tagawa and Toda (1981): layers by longest path, points where long arrows pass a layer,
// and an order within each layer by the mean position of the neighbours. The output depends on the sources only.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {Map<string, Set<string>>} Edges from each package to the packages that it imports */
/**
 * A package, or a place where an arrow passes a layer.
 *
 * @typedef {{ name: string, isPackage: boolean, layer: number, x: number }} Point
 */

const top = fileURLToPath(new URL("../..", import.meta.url));
const BOX = { width: 158, height: 46 };
const GAP = { x: 22, y: 62 };
const PASSING_WIDTH = 26; // width kept free for an arrow that passes a layer
const MARGIN = 28;
const SWEEPS = 24;

/** The line below a package's name. A package without a caption shows only its name. */
/** @type {Record<string, string>} */
const captions = {
  cli: "the command bench",
  runner: "one cell, grids",
  report: "tables, charts, sheets",
  conformance: "suite for methods",
  methods: "built-in methods",
  method: "the contract",
  compiler: "tfjs to ONNX Runtime",
  datasets: "registry, folders",
  images: "decode, crop, resize",
  miniatures: "procedural drawings",
  metrics: "FID, KID, extractors",
  diffusion: "schedule, samplers",
  dit: "the model",
  autoencoder: "images and latents",
  record: "what a run leaves",
  weights: "checkpoints",
  fetch: "downloads, archives",
  files: "atomic writes, locks",
  text: "text in messages",
  ops: "tensor functions",
  tfjs: "tensorflow.js",
  random: "keyed random numbers",
  wasm: "WebAssembly modules",
};

/** The drawing as SVG text. */
export function architectureSvg() {
  const edges = withoutImpliedEdges(readImports());
  const layers = layersOf(edges);
  const { points, segments } = withPassingPoints(edges, layers);
  orderLayers(points, segments);
  placePoints(points, segments);
  return formatSvg(points, segments, edges);
}

/** Reads which packages the sources of each package import, without tests. The methods are one node. */
function readImports() {
  /** @type {Edges} */
  const edges = new Map();
  const packages = readdirSync(join(top, "packages")).filter((name) => name !== "methods");
  const methods = readdirSync(join(top, "packages/methods")).map((name) => `methods/${name}`);
  for (const name of [...packages, ...methods].sort()) {
    const node = name.startsWith("methods/") ? "methods" : name;
    const importedPackages = edges.get(node) ?? new Set();
    for (const file of sourcesOf(join(top, "packages", name, "src"))) {
      for (const [, imported] of readFileSync(file, "utf8").matchAll(/"@dit-bench\/([a-z-]+)[/"]/g)) {
        const target = imported.startsWith("method-") ? "methods" : imported;
        if (target !== node && target !== "source") importedPackages.add(target);
      }
    }
    edges.set(node, importedPackages);
  }
  return edges;
}

/**
 * Lists the paths of TypeScript files, except tests and the files that only tests import.
 *
 * @param {string} folder
 */
const sourcesOf = (folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.test\.|[\\/]?(testing|fixtures|reference)[\\/]/.test(file))
    .map((file) => join(folder, file));

/**
 * Removes the arrows that follow from other arrows: a → c if a → b and b → … → c.
 *
 * @param {Edges} edges
 * @returns {Edges}
 */
function withoutImpliedEdges(edges) {
  /** @type {(from: string, to: string) => boolean} */
  const reaches = (from, to) => [...(edges.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return new Map(
    [...edges].map(([from, targets]) => [
      from,
      new Set([...targets].filter((to) => ![...targets].some((other) => other !== to && reaches(other, to)))),
    ]),
  );
}

/**
 * Returns the layer of each package. A package without imports is in layer 0, every other package one layer above the
 * highest package that it imports. Then a package moves up to the layer below its lowest importer to keep arrows short.
 *
 * @param {Edges} edges
 */
function layersOf(edges) {
  /** @type {Map<string, number>} */
  const layers = new Map();
  /** @type {(name: string) => number} */
  const layer = (name) => {
    const knownLayer = layers.get(name);
    if (knownLayer !== undefined) return knownLayer;
    const value = 1 + Math.max(-1, ...[...(edges.get(name) ?? [])].map(layer));
    layers.set(name, value);
    return value;
  };
  for (const name of edges.keys()) layer(name);
  const byHeight = [...edges.keys()].sort((a, b) => layer(b) - layer(a));
  for (const name of byHeight) {
    const importers = [...edges].filter(([, targets]) => targets.has(name)).map(([from]) => layer(from));
    if (importers.length > 0) layers.set(name, Math.min(...importers) - 1);
  }
  return layers;
}

/**
 * Returns the points of every layer, and the segments between neighbouring layers. A segment has its upper end first.
 *
 * @param {Edges} edges
 * @param {Map<string, number>} layers
 */
function withPassingPoints(edges, layers) {
  const height = Math.max(...layers.values()) + 1;
  /** @type {Point[][]} */
  const points = Array.from({ length: height }, () => []);
  /** @type {Map<string, Point>} */
  const packages = new Map();
  for (const name of [...edges.keys()].sort()) {
    const layer = layers.get(name) ?? 0;
    const point = { name, isPackage: true, layer, x: 0 };
    packages.set(name, point);
    points[layer].push(point);
  }
  /** @type {[Point, Point][]} */
  const segments = [];
  for (const [from, targets] of edges)
    for (const to of targets) {
      let upper = /** @type {Point} */ (packages.get(from));
      const lower = /** @type {Point} */ (packages.get(to));
      for (let layer = upper.layer - 1; layer > lower.layer; layer--) {
        const passing = { name: `${from} → ${to}`, isPackage: false, layer, x: 0 };
        points[layer].push(passing);
        segments.push([upper, passing]);
        upper = passing;
      }
      segments.push([upper, lower]);
    }
  return { points, segments };
}

/**
 * Orders each layer by the mean position of the neighbours in the layer above, then below, and keeps the order with
 * the fewest crossings.
 *
 * @param {Point[][]} points
 * @param {[Point, Point][]} segments
 */
function orderLayers(points, segments) {
  const position = (/** @type {Point} */ p) => points[p.layer].indexOf(p);
  const crossings = () => {
    let count = 0;
    for (const [i, [a, b]] of segments.entries())
      for (const [c, d] of segments.slice(i + 1))
        if (a.layer === c.layer && (position(a) - position(c)) * (position(b) - position(d)) < 0) count++;
    return count;
  };
  let bestSweep = { count: Number.POSITIVE_INFINITY, order: points.map((layer) => [...layer]) };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDownSweep = sweep % 2 === 0;
    for (const layer of isDownSweep ? [...points.keys()].reverse() : points.keys()) {
      const mean = new Map(
        points[layer].map((p, i) => {
          const neighbours = segments.flatMap(([a, b]) => (isDownSweep ? (b === p ? [a] : []) : a === p ? [b] : []));
          const sum = neighbours.reduce((total, n) => total + position(n) / points[n.layer].length, 0);
          return [p, neighbours.length > 0 ? sum / neighbours.length : i / points[layer].length];
        }),
      );
      points[layer].sort((p, q) => (mean.get(p) ?? 0) - (mean.get(q) ?? 0));
    }
    const count = crossings();
    if (count < bestSweep.count) bestSweep = { count, order: points.map((layer) => [...layer]) };
  }
  for (const [i, layer] of bestSweep.order.entries()) points[i] = layer;
}

const widthOf = (/** @type {Point} */ p) => (p.isPackage ? BOX.width : PASSING_WIDTH);
const distance = (/** @type {Point} */ p, /** @type {Point} */ q) => (widthOf(p) + widthOf(q)) / 2 + GAP.x;

/**
 * Sets x of every point near the mean of its neighbours. The order of each layer stays, and boxes do not overlap.
 *
 * @param {Point[][]} points
 * @param {[Point, Point][]} segments
 */
function placePoints(points, segments) {
  for (const layer of points)
    for (const [i, p] of layer.entries()) p.x = i === 0 ? 0 : layer[i - 1].x + distance(layer[i - 1], p);
  const middle = Math.max(...points.map((layer) => layer[layer.length - 1].x)) / 2;
  for (const layer of points) for (const p of layer) p.x += middle - layer[layer.length - 1].x / 2;
  for (let sweep = 0; sweep < 4 * SWEEPS; sweep++)
    for (const layer of sweep % 2 === 0 ? points : [...points].reverse()) {
      const desiredX = layer.map((p) => {
        const neighbours = segments.flatMap(([a, b]) => (a === p ? [b] : b === p ? [a] : []));
        return neighbours.length > 0 ? neighbours.reduce((sum, n) => sum + n.x, 0) / neighbours.length : p.x;
      });
      spreadOut(layer, desiredX);
    }
  const leftEdge = Math.min(...points.flat().map((p) => p.x - widthOf(p) / 2));
  for (const p of points.flat()) p.x = Math.round(p.x - leftEdge + MARGIN);
}

/**
 * Sets the positions closest to the desired positions that keep the order and the gaps. Neighbours that would overlap
 * become a block around the mean of their desired positions.
 *
 * @param {Point[]} layer
 * @param {number[]} desiredX
 */
function spreadOut(layer, desiredX) {
  /** @type {{ members: number[], offsets: number[], start: number }[]} */
  const blocks = [];
  for (const i of layer.keys()) {
    let block = { members: [i], offsets: [0], start: desiredX[i] };
    for (let lastBlock = blocks.at(-1); lastBlock; lastBlock = blocks.at(-1)) {
      const end = lastBlock.members[lastBlock.members.length - 1];
      const room = distance(layer[end], layer[block.members[0]]);
      if (lastBlock.start + lastBlock.offsets[lastBlock.offsets.length - 1] + room <= block.start) break;
      blocks.pop();
      const shift = lastBlock.offsets[lastBlock.offsets.length - 1] + room;
      const members = [...lastBlock.members, ...block.members];
      const offsets = [...lastBlock.offsets, ...block.offsets.map((o) => o + shift)];
      const start = members.reduce((sum, m, k) => sum + desiredX[m] - offsets[k], 0) / members.length;
      block = { members, offsets, start };
    }
    blocks.push(block);
  }
  for (const { members, offsets, start } of blocks)
    for (const [k, m] of members.entries()) layer[m].x = start + offsets[k];
}

/**
 * @param {Point[][]} points
 * @param {[Point, Point][]} segments
 * @param {Edges} edges
 */
function formatSvg(points, segments, edges) {
  const width = Math.max(...points.flat().map((p) => p.x + widthOf(p) / 2)) + MARGIN;
  const height = points.length * (BOX.height + GAP.y) - GAP.y + 2 * MARGIN;
  const y = (/** @type {Point} */ p) => MARGIN + (points.length - 1 - p.layer) * (BOX.height + GAP.y);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    `  font-family="system-ui, 'Segoe UI', 'Open Sans', 'DejaVu Sans', sans-serif" role="img"`,
    `  aria-label="Packages in layers, each with arrows to the packages that it imports">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">`,
    `<path d="M0 0.8 L7 4 L0 7.2 z" fill="#6b7685"/></marker></defs>`,
    `<g fill="none" stroke="#6b7685" stroke-width="1.3">`,
  ];
  for (const [from, targets] of edges) for (const to of targets) lines.push(drawArrow(from, to, segments, y));
  lines.push("</g>");
  for (const p of points.flat().filter(({ isPackage }) => isPackage)) {
    const [x, caption] = [p.x - BOX.width / 2, captions[p.name]];
    const fill = p.name === "methods" || p.name === "method" || p.name === "conformance" ? "#e8f3ee" : "#eef2f8";
    lines.push(
      `<rect x="${x}" y="${y(p)}" width="${BOX.width}" height="${BOX.height}" rx="6" fill="${fill}" stroke="#3c4a5c"/>`,
      `<text x="${p.x}" y="${y(p) + (caption ? 20 : 28)}" text-anchor="middle" font-size="15" font-weight="600" ` +
        `fill="#1c2430">${p.name}</text>`,
    );
    if (caption)
      lines.push(
        `<text x="${p.x}" y="${y(p) + 37}" text-anchor="middle" font-size="12" fill="#4a5666">${caption}</text>`,
      );
  }
  return `${lines.join("\n")}\n</svg>\n`;
}

/**
 * Draws one arrow as a smooth path through the points where it passes layers.
 *
 * @param {string} from
 * @param {string} to
 * @param {[Point, Point][]} segments
 * @param {(p: Point) => number} y
 */
function drawArrow(from, to, segments, y) {
  /** @type {Point[]} */
  const path = [];
  for (const [a, b] of segments) {
    const isStart = a.isPackage && a.name === from && (b.name === to || b.name === `${from} → ${to}`);
    if (isStart) path.push(a, b);
    else if (a.name === `${from} → ${to}` && path.at(-1) === a) path.push(b);
  }
  const ends = path.map((p, i) => ({
    x: i === 0 ? p.x + offsetTowards(p, path[1]) : i === path.length - 1 ? p.x + offsetTowards(p, path[i - 1]) : p.x,
    above: y(p),
    below: y(p) + BOX.height,
  }));
  let d = `M${ends[0].x} ${ends[0].below}`;
  for (const [i, e] of ends.entries()) {
    if (i === 0) continue;
    const start = ends[i - 1];
    const half = (e.above - start.below) / 2;
    d += ` C${start.x} ${start.below + half} ${e.x} ${e.above - half} ${e.x} ${e.above}`;
    if (i < ends.length - 1) d += ` L${e.x} ${e.below}`;
  }
  return `<path d="${d}" marker-end="url(#head)"><title>${from} imports ${to}</title></path>`;
}

/**
 * Returns the offset of an arrow's end from the middle of its box, towards the arrow's other end. Otherwise all arrows
 * would meet in the middle.
 *
 * @param {Point} p
 * @param {Point} other
 */
const offsetTowards = (p, other) =>
  Math.round(Math.max(-BOX.width / 2 + 14, Math.min(BOX.width / 2 - 14, (other.x - p.x) / 4)));

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(top, "docs/architecture.svg"), architectureSvg());
