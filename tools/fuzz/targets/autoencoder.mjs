// The config.json of an autoencoder's folder.

import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { WeightFileError } from "@dit-bench/weights";
import { BenchError } from "../../../packages/runner/dist/errors.js";
import { openAutoencoder } from "../../../packages/runner/dist/latents/open-autoencoder.js";
import { mutateJson } from "../mutate-json.mjs";
import { inRepository, readSeeds, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const fixtures = "packages/autoencoder/src/fixtures";
const weights = "diffusion_pytorch_model.safetensors";

/** @type {Target} */
export const target = {
  name: "autoencoder",
  errors: [WeightFileError, BenchError],
  seeds: () => readSeeds([`${fixtures}/config.json`]),
  edit: (seed, numbers) => Buffer.from(mutateJson(seed.toString(), numbers)),
  async read(input, folder) {
    if (!existsSync(join(folder, weights))) cpSync(inRepository(`${fixtures}/${weights}`), join(folder, weights));
    writeInput(folder, "config.json", input);
    await openAutoencoder(folder);
    await openAutoencoder(join(folder, weights)); // with the config.json beside it
  },
};
