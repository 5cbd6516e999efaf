// Prints the time of a step for each node of its graph:
//
//     node benchmarks/performance/profile.mjs --shape 384x12 --method full \
//       [--threads 2] [--by op|shapes] [--runs 4] [--lines 30]
//
// A node's time is its median over the runs, without the first two, in which the runtime allocates memory. Shares
// are percentages of the sum over all nodes.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEngine, readProfile } from "@dit-bench/compiler";
import * as tf from "@tensorflow/tfjs";
import { median } from "./statistics.mjs";
import { prepare } from "./workloads/step.mjs";

/** @import { Compiled, Engine, ProfiledNode } from "@dit-bench/compiler" */
/** @typedef {ProfiledNode & { milliseconds: number }} TimedNode */

const WARM_UP = 2;

const textFlag = (/** @type {string} */ value) => ({ type: /** @type {const} */ ("string"), default: value });
const { values: flags } = parseArgs({
  options: {
    ...{ shape: textFlag("384x12"), method: textFlag("full"), threads: textFlag("2") },
    ...{ by: textFlag("shapes"), runs: textFlag("4"), lines: textFlag("30") },
  },
});
const { shapes } = JSON.parse(readFileSync(new URL("./settings.json", import.meta.url), "utf8"));
if (!shapes[flags.shape])
  throw new Error(`--shape is '${flags.shape}', expected one of ${Object.keys(shapes).join(", ")}`);

tf.enableProdMode();
const folder = mkdtempSync(join(tmpdir(), "dit-bench-profile-"));
try {
  const engine = await createEngine("cpu", { threads: Number(flags.threads) });
  /** @type {Compiled | undefined} */
  let compiled;
  /** @type {Engine} */
  const profilingEngine = {
    ...engine,
    compile: async (fn, signature, options) => {
      compiled = await engine.compile(fn, signature, { ...options, profile: join(folder, "nodes") });
      return compiled;
    },
  };
  const job = await prepare({ shape: shapes[flags.shape], method: flags.method }, profilingEngine);
  const wallTimes = [];
  for (let i = 0; i < WARM_UP + Number(flags.runs); i++) {
    const start = performance.now();
    await job.run();
    if (i >= WARM_UP) wallTimes.push(performance.now() - start);
  }
  await compiled?.dispose();
  print(nodesOf(readProfile(join(folder, "nodes"))), median(wallTimes));
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Returns one entry per node with the median of its times.
 *
 * @param {ProfiledNode[]} events
 * @returns {TimedNode[]}
 */
function nodesOf(events) {
  const byName = groupBy(events, ({ name }) => name);
  return [...byName.values()].map((runs) => ({
    ...runs[0],
    milliseconds: median(runs.slice(WARM_UP).map(({ microseconds }) => microseconds)) / 1e3,
  }));
}

/**
 * @param {TimedNode[]} nodes
 * @param {number} stepTime milliseconds of a step
 */
function print(nodes, stepTime) {
  const total = nodes.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const titleOf = (/** @type {TimedNode} */ { op, shapes }) => (flags.by === "op" ? op : `${op} [${shapes}]`);
  const lines = [...groupBy(nodes, titleOf)].map(([title, group]) => ({
    title,
    count: group.length,
    ms: group.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  }));
  console.log(
    `${flags.shape} ${flags.method}, ${flags.threads} threads: ` +
      `${total.toFixed(0)} ms in ${nodes.length} nodes, ${stepTime.toFixed(0)} ms in all`,
  );
  for (const { title, count, ms } of lines.sort((a, b) => b.ms - a.ms).slice(0, Number(flags.lines))) {
    const share = ((100 * ms) / total).toFixed(1).padStart(5);
    console.log(`${share} % ${ms.toFixed(1).padStart(8)} ms ${String(count).padStart(4)} × ${title}`);
  }
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @returns {Map<string, T[]>}
 */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
