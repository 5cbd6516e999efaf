// The checkpoint of an unfinished training and the kept state of a finished one.

import { deepEqual } from "node:assert/strict";
import { WeightFileError } from "@dit-bench/weights";
import { BenchError } from "../../../packages/runner/dist/errors.js";
import { readChecked, writeChecked } from "../../../packages/runner/dist/storage/checked-file.js";
import {
  readCheckpoint,
  readState,
  stateHeader,
  writeCheckpoint,
} from "../../../packages/runner/dist/training/checkpoint.js";
import { pick } from "../mutate.mjs";
import { mutateJson } from "../mutate-json.mjs";
import { inMemory, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const owner = { identity: "a", lineage: "l", engine: "cpu" };
const numbers3 = Float32Array.of(1, 2, 3);
const state = { weights: numbers3, moment1: numbers3, moment2: numbers3, ema: numbers3 };
const checkpoint = {
  ...{ step: 2, state, losses: [0.5, 0.25], seconds: 3, otherCoreSeconds: 0.5, stepMilliseconds: 12, resumes: 1 },
  fixedBatchLoss: [{ step: 0, value: 0.75 }],
  fid: { key: "k", points: [{ step: 1, value: 2, samples: 3 }] },
  continuedFrom: { steps: 1, identity: "f" },
};

/** @type {Target} */
export const target = {
  name: "training-states",
  errors: [BenchError, WeightFileError],
  seeds: () => [inMemory((path) => writeCheckpoint(path, owner, checkpoint))],
  /** Other contents with the right digest, as another version or a hostile author would write them. */
  edit: (seed, numbers) =>
    inMemory((path, folder) => {
      const { tensors, metadata } = readChecked(writeInput(folder, "seed", seed));
      const changed = { ...metadata };
      const key = pick(["progress", "progress", "progress", "identity", "engine", "lineage"], numbers);
      if (key === "progress") changed.progress = mutateJson(metadata.progress, numbers).slice(0, 200_000);
      else delete changed[key];
      const others = new Map(tensors);
      if (numbers.integer(8) === 0) others.delete(pick([...tensors.keys()], numbers));
      if (numbers.integer(8) === 0)
        others.set(pick([...tensors.keys()], numbers), pick([...tensors.values(), f64([]), f64([1])], numbers));
      writeChecked(path, others, changed);
    }),
  async read(input, folder) {
    const path = writeInput(folder, "checkpoint.safetensors", input);
    const header = await stateHeader(path);
    const read = readState(path, 3);
    deepEqual(header?.step, read.step);
    readCheckpoint(path, owner, 3);
  },
};

/** @param {readonly number[]} values */
const f64 = (values) => /** @type {const} */ ({ type: "F64", shape: [values.length], data: Float64Array.from(values) });
