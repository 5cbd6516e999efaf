// A recipe small enough for tests: a run takes about a second. Its weights are untrained, so its FIDs mean nothing.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ditModel, initialDit } from "@dit-bench/dit";
import { initialWeights, miniInception } from "@dit-bench/metrics";
import { normals } from "@dit-bench/random";
import { type StoredTensor, writeSafetensors } from "@dit-bench/weights";

/**
 * Writes the recipe into `folder`; returns the folder.
 *
 * @param latents the model works on a small autoencoder's latents, 8x8 of 4 channels
 * @param higher images of 64x64 pixels of the source domain, for a base model of 32x32, with variants of the recipe
 */
export function tinyRecipe(folder: string, { latents = false, higher = false } = {}): string {
  const mini = JSON.parse(readFileSync(new URL("../../../benchmarks/mini/recipe.json", import.meta.url), "utf8"));
  const form = latents ? { inputSize: 8, patchSize: 2, channels: 4 } : { patchSize: 8 };
  const model = { ...mini.model, ...form, name: `DiT-tiny/${form.patchSize}`, width: 16, depth: 2, heads: 2 };
  const recipe = {
    ...mini,
    name: "tiny",
    protocol: "tiny/1",
    model,
    ...(latents ? { autoencoder: { weights: "autoencoder", scale: 0.5 } } : {}),
    data: { perClass: 6, seed: 0, flip: true },
    training: { ...mini.training, steps: 12, batch: 8 },
    sampling: { ...mini.sampling, respacing: "ddim3", images: 20, batch: 8 },
    metrics: { ...mini.metrics, resamples: 20 },
    ...(higher ? higherSettings(model, mini) : {}),
  };
  mkdirSync(folder, { recursive: true });
  if (latents) {
    const fixtures = fileURLToPath(new URL("../../autoencoder/src/fixtures/", import.meta.url));
    for (const name of ["config.json", "diffusion_pytorch_model.safetensors"])
      cpSync(join(fixtures, name), join(folder, "autoencoder", name));
  }
  writeFileSync(join(folder, "recipe.json"), JSON.stringify(recipe, null, 2));
  const base = initialDit(model, 0);
  // A new DiT returns zeros, because some weights are zeros. These become noise, so that outputs depend on the input.
  for (const [name, v] of Object.entries(base))
    if (v.every((x) => x === 0)) base[name] = normals(1, name, 0, v.length).map((z) => 0.05 * z);
  const f32 = (data: Float32Array, shape: readonly number[]): StoredTensor => ({ type: "F32", shape, data });
  writeSafetensors(
    join(folder, recipe.base),
    ditModel(model).weights.map((w) => [w.name, f32(base[w.name]!, w.shape)]),
  );
  const extractor = miniInception(recipe.extractor.classes, higher ? 64 : 32);
  const weights = initialWeights(extractor, 0);
  writeSafetensors(
    join(folder, recipe.extractor.weights),
    Object.entries(extractor.weights).map(([name, shape]) => [name, f32(weights[name]!, shape)]),
  );
  return folder;
}

const higherSettings = (model: object, mini: { readonly data: object; readonly extractor: object }) => ({
  model: { ...model, inputSize: 64 },
  baseInputSize: 32,
  extractor: { ...mini.extractor, name: "mini64" },
  data: { ...mini.data, perClass: 6, labels: "base", heldOut: 0.2 },
  grid: {
    datasets: ["source"],
    variants: [
      { name: "continued", title: "positions continued", methods: ["difffit"], settings: { positions: "continued" } },
      {
        name: "from-scratch",
        title: "from scratch",
        methods: ["full"],
        settings: { base: { random: "unit" }, baseInputSize: 64 },
      },
    ],
  },
});
