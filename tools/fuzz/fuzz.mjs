// Reads changed inputs with every parser of untrusted bytes, and prints a table of the outcomes.
//
//     npm run build
//     npm run fuzz -- [--inputs 100000] [--seed 0] [--targets torch,records] [--replay]
//
// The inputs are divided evenly among the targets. Equal numbers give equal inputs; another --seed gives others. The
// input of a fault is saved in `corpus/TARGET`, which every later run reads first; --replay reads nothing else. The
// exit code is 1 if there is a fault.

import { parseArgs } from "node:util";
import { saveFaults } from "./corpus.mjs";
import { corpusFolder, runTarget } from "./run-target.mjs";
import { targets } from "./table.mjs";
import { formatTallies } from "./tally-table.mjs";

/** @import { Tally } from "./types.ts" */

const { values: options } = parseArgs({
  options: {
    inputs: { type: "string", default: "5000" },
    seed: { type: "string", default: "0" },
    targets: { type: "string", default: [...targets.keys()].join(",") },
    replay: { type: "boolean", default: false },
  },
});
const chosen = options.targets.split(",");
const unknown = chosen.find((name) => !targets.has(name));
const [inputs, seed] = [Number(options.inputs), Number(options.seed)];
const mistakes = [
  ...(unknown === undefined
    ? []
    : [`--targets '${unknown}' is not known, available: ${[...targets.keys()].join(", ")}`]),
  ...(Number.isSafeInteger(inputs) && inputs > 0 ? [] : [`--inputs is '${options.inputs}', expected a number from 1`]),
  ...(Number.isSafeInteger(seed) && seed >= 0 ? [] : [`--seed is '${options.seed}', expected a number from 0`]),
];
if (mistakes.length > 0) {
  process.stderr.write(mistakes.map((mistake) => `fuzz: ${mistake}\n`).join(""));
  process.exit(2);
}

const each = options.replay ? 0 : Math.ceil(inputs / chosen.length);
/** @type {[string, Tally][]} */
const tallies = [];
for (const name of chosen) {
  let printed = performance.now();
  const tally = await runTarget(name, targets.get(name) ?? "", {
    inputs: each,
    seed,
    onProgress(done) {
      if (performance.now() - printed < 10_000) return;
      printed = performance.now();
      process.stderr.write(`fuzz: ${name}: ${done} of ${each} inputs\n`);
    },
  });
  tallies.push([name, tally]);
  process.stderr.write(`fuzz: ${name}: ${tally.inputs} inputs in ${tally.seconds.toFixed(1)} s\n`);
  for (const { fault, path } of saveFaults(corpusFolder, name, tally.faults))
    process.stderr.write(`fuzz: ${name}: input ${fault.input}: ${fault.problem}\n    saved as ${path}\n`);
}
process.stdout.write(formatTallies(tallies));
process.exitCode = tallies.some(([, { faults }]) => faults.length > 0) ? 1 : 0;
