// Checks that memory does not grow from step to step:
//
//     node benchmarks/performance/memory-growth.mjs --engine cpu,openvino,openvino+bfloat16 \
//       [--shape tiny] [--methods sample,full,difffit] [--steps 1000] [--threads 2] [--busy 0]
//
// A process of its own runs the steps of each method on each engine. Its resident memory, without garbage, is read
// after the first tenth of the steps, when the runtime has allocated what it keeps, and after all of them. The exit
// code is 1 if it grew by more than settings.json allows, or if a process failed. The allowed growth is noise: more
// steps find smaller leaks (2 MB are 2.3 KB for each of 900 steps). With `--busy N`, N threads of this process keep the
// CPUs busy meanwhile: memory that grows only while threads wait for each other shows then.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { commandOf } from "./commands.mjs";
import { ProcessFailed, processPool } from "./process.mjs";

/** @import { Settings, Spec } from "./types.ts" */

const textFlag = (/** @type {string} */ value) => ({ type: /** @type {const} */ ("string"), default: value });
const { values: flags } = parseArgs({
  options: {
    ...{ engine: textFlag("cpu"), shape: textFlag("tiny"), methods: textFlag("sample,full,difffit") },
    ...{ steps: textFlag("1000"), threads: textFlag("2"), busy: textFlag("0") },
  },
});
/** @type {Settings} */
const { shapes, targets } = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));
const { [flags.shape]: shape } = shapes;
if (!shape) throw new Error(`--shape is '${flags.shape}', expected one of ${Object.keys(shapes).join(", ")}`);
const [steps, limit] = [Number(flags.steps), targets.memoryGrowthMB ?? 0];
if (!Number.isInteger(steps) || steps < 10)
  throw new Error(`--steps is '${flags.steps}', expected a whole number of at least 10`);
const busy = Number(flags.busy);
if (!Number.isInteger(busy) || busy < 0) throw new Error(`--busy is '${flags.busy}', expected a whole number`);
const busyThreads = Array.from({ length: busy }, () => new Worker("for (;;);", { eval: true }));
const earlySteps = Math.round(steps / 10);

// By default V8 touches the pages of its young generation one after the other, and glibc keeps freed memory: together
// they grow by 30 MB in the first thousand steps without any leak. With these settings it is below 1 MB.
const V8_FLAGS = ["--expose-gc", "--max-semi-space-size=1"];
const MALLOC = { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "0", MALLOC_MMAP_THRESHOLD_: "16384" };
const pool = processPool((spec) => {
  const { args, ...command } = commandOf(spec);
  return { ...command, args: [...V8_FLAGS, ...args], env: MALLOC };
});
console.log(`| engine | step | MB after ${earlySteps} steps | MB after ${steps} steps | growth ≤ ${limit} MB |`);
console.log("| :-- | :-- | --: | --: | --: |");
for (const engine of flags.engine.split(","))
  for (const method of flags.methods.split(",")) {
    /** @type {Spec} */
    const spec = { shape, prepare: { work: "step", method, shape, threads: Number(flags.threads), engine } };
    try {
      const early = await residentMB(spec, earlySteps);
      const late = await residentMB(spec, steps - earlySteps);
      const holds = late - early <= limit;
      if (!holds) process.exitCode = 1;
      console.log(`| ${engine} | ${method} | ${early} | ${late} | ${holds ? "met" : "**missed**"} |`);
    } catch (error) {
      if (!(error instanceof ProcessFailed)) throw error;
      process.exitCode = 1;
      console.log(`| ${engine} | ${method} | – | – | **failed**: ${error.message} |`);
    }
    await pool.keepOnly([]);
  }

await Promise.all(busyThreads.map((thread) => thread.terminate()));

/**
 * Runs a number of steps and returns the resident memory behind them.
 *
 * @param {Spec} spec
 * @param {number} count
 */
async function residentMB(spec, count) {
  const { resident_mb = Number.NaN } = await pool.measure(spec, { steps: count, seconds: 0 });
  return resident_mb;
}
