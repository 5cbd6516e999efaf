// A folder of weights: the index of its shards, and its config.json, from which a DiT's configuration is read.

import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { LayoutError } from "@dit-bench/dit";
import { WeightFileError } from "@dit-bench/weights";
import { BenchError } from "../../../packages/runner/dist/errors.js";
import { openDit } from "../../../packages/runner/dist/recipe/dit-checkpoint.js";
import { mutateJson } from "../mutate-json.mjs";
import { inRepository, readSeeds, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const shards = "packages/dit/src/fixtures/diffusers/shards";
const index = "diffusion_pytorch_model.safetensors.index.json";

/** @type {Target} */
export const target = {
  name: "shards",
  errors: [WeightFileError, LayoutError, BenchError],
  seeds: () => readSeeds([`${shards}/${index}`, `${shards}/config.json`]),
  edit: (seed, numbers) => Buffer.from(mutateJson(seed.toString(), numbers)),
  async read(input, folder) {
    const isIndex = input.includes("weight_map") || !input.includes("_class_name");
    const place = join(folder, isIndex ? "index" : "config");
    if (!existsSync(place)) cpSync(inRepository(shards), place, { recursive: true });
    writeInput(place, isIndex ? index : "config.json", input);
    await openDit(place, { heads: 2 });
  },
};
