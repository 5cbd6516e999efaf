// The file of a sweep, sweep.json.

import { RecordError, readSweep } from "@dit-bench/record";
import { mutateJson } from "../mutate-json.mjs";
import { writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const run = { dataset: "flowers", exit: "finished", identity: "a", fid: 20, heldOutFid: null };
const sweep = {
  schema: 1,
  recipe: "mini",
  protocol: "mini/1",
  seed: 1000,
  criterion: "fid",
  datasets: [{ name: "flowers", title: "Oxford Flowers" }],
  methods: [
    {
      method: "lora",
      label: "LoRA-R8",
      option: "training.learningRate",
      options: { rank: 8, at: "blocks.*" },
      default: 0.01,
      runs: 2,
      values: [
        { value: 0.01, score: null, runs: [{ ...run, exit: "diverged", identity: null, fid: null }] },
        { value: 0.003, score: 20, runs: [run] },
      ],
      chosen: { value: 0.003, isDefault: false },
      edge: "lowest",
    },
  ],
};

/** @type {Target} */
export const target = {
  name: "sweeps",
  errors: [RecordError],
  seeds: () => [Buffer.from(JSON.stringify(sweep))],
  edit: (seed, numbers) => Buffer.from(mutateJson(seed.toString(), numbers)),
  read: (input, folder) => readSweep(writeInput(folder, "sweep.json", input)),
};
