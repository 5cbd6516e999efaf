// The cache of latents, and files of latents of this and of other programs.

import { encodeSafetensors, WeightFileError } from "@dit-bench/weights";
import { BenchError } from "../../../packages/runner/dist/errors.js";
import { checkCache, openCache } from "../../../packages/runner/dist/latents/cache.js";
import { readLatents } from "../../../packages/runner/dist/latents/latent-file.js";
import { mutateJson } from "../mutate-json.mjs";
import { writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

/** @type {import("../../../packages/runner/dist/latents/cache.js").CacheForm} */
const form = { shape: [2, 1, 2, 1, 2, 2], metadata: { data: "a" } };

/** @param {Record<string, string>} metadata */
const latents = (metadata) =>
  Buffer.from(
    encodeSafetensors([["latents", { type: "F32", shape: [2, 1, 2, 2], data: new Float32Array(8).fill(1) }]], metadata),
  );
const files = '["a.jpg","b.jpg"]';

/** The cache that these records make: a safetensors file with a header of a fixed form. */
const cache = () =>
  Buffer.from(
    encodeSafetensors(
      [
        ["moments", { type: "F32", shape: [2, 1, 2, 1, 2, 2], data: new Float32Array(16) }],
        ["checksums", { type: "I32", shape: [2], data: new Int32Array(2) }],
      ],
      form.metadata,
    ),
  );

/** @type {Target} */
export const target = {
  name: "latents",
  errors: [BenchError, WeightFileError],
  seeds: () => [latents({ scale: "0.18215", files, about: "{}" }), cache()],
  edit: (_, numbers) => latents({ scale: "1", files: mutateJson(files, numbers).slice(0, 200_000) }),
  async read(input, folder) {
    const path = writeInput(folder, "input", input);
    try {
      const opened = openCache(path, form);
      opened?.read(1);
      opened?.close();
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
    }
    await readLatents(path);
    checkCache(path, form); // last: it removes or renames what is damaged
  },
};
