// Where the time of a step goes: `node benchmarks/performance/profile.mjs --shape 384x12 --method full [--threads 2] [--by op|shapes] [--runs 4] [--lines 30]`.
//
// Each node's time is its median over the runs but the first two, in which memory is taken; shares are of the sum over all nodes.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEngine, readProfile } from "@dit-bench/compiler";
import * as tf from "@tensorflow/tfjs";
import { median } from "./statistics.mjs";
import { prepare } from "./workloads/step.mjs";

const FIRST = 2;

const text = (value) => ({ type: "string", default: value });
const { values: given } = parseArgs({
  options: {
    ...{ shape: text("384x12"), method: text("full"), threads: text("2") },
    ...{ by: text("shapes"), runs: text("4"), lines: text("30") },
  },
});
const { shapes } = JSON.parse(readFileSync(new URL("./settings.json", import.meta.url), "utf8"));
if (!shapes[given.shape])
  throw new Error(`--shape is '${given.shape}', wanted one of ${Object.keys(shapes).join(", ")}`);

tf.enableProdMode();
const folder = mkdtempSync(join(tmpdir(), "dit-bench-profile-"));
try {
  const engine = await createEngine("cpu", { threads: Number(given.threads) });
  let compiled;
  const profiled = {
    ...engine,
    compile: async (fn, signature, options) => {
      compiled = await engine.compile(fn, signature, { ...options, profile: join(folder, "nodes") });
      return compiled;
    },
  };
  const job = await prepare({ shape: shapes[given.shape], method: given.method }, profiled);
  const wall = [];
  for (let i = 0; i < FIRST + Number(given.runs); i++) {
    const start = performance.now();
    await job.run();
    if (i >= FIRST) wall.push(performance.now() - start);
  }
  await compiled.dispose();
  print(nodesOf(readProfile(join(folder, "nodes"))), median(wall));
} finally {
  rmSync(folder, { recursive: true });
}

/** One entry a node, with the median of its times. */
function nodesOf(events) {
  const byName = grouped(events, ({ name }) => name);
  return [...byName.values()].map((runs) => ({
    ...runs[0],
    milliseconds: median(runs.slice(FIRST).map(({ microseconds }) => microseconds)) / 1e3,
  }));
}

function print(nodes, wall) {
  const total = nodes.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const lines = [...grouped(nodes, ({ op, shapes }) => (given.by === "op" ? op : `${op} [${shapes}]`))].map(
    ([title, of]) => ({ title, count: of.length, ms: of.reduce((sum, { milliseconds }) => sum + milliseconds, 0) }),
  );
  console.log(
    `${given.shape} ${given.method}, ${given.threads} threads: ${total.toFixed(0)} ms in ${nodes.length} nodes, ${wall.toFixed(0)} ms in all`,
  );
  for (const { title, count, ms } of lines.sort((a, b) => b.ms - a.ms).slice(0, Number(given.lines)))
    console.log(
      `${((100 * ms) / total).toFixed(1).padStart(5)} % ${ms.toFixed(1).padStart(8)} ms ${String(count).padStart(4)} × ${title}`,
    );
}

function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
