// Compares exported adapters, loaded by Hugging Face's PEFT onto a DiT in plain PyTorch, with the model that was
// trained: its outputs, and its merged weights.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { dit, ditModel, initialDit } from "@dit-bench/dit";
import { attach, size as sizeOf } from "@dit-bench/method";
import { normals } from "@dit-bench/random";
import { exportFormats, loadMethod, loadRecipe } from "@dit-bench/runner";
import { writeSafetensors } from "@dit-bench/weights";
import * as tf from "@tensorflow/tfjs";
import { largestDifference, numbersOf, runPython, tensorsOf } from "./compare.mjs";

/** @import { DitConfig } from "@dit-bench/dit" */
/** @import { Call, Row } from "./types.ts" */

export const name = "adapters";

/** The model of tools/torch/dit.py. */
/** @type {DitConfig} */
const config = {
  name: "reference",
  inputSize: 8,
  patchSize: 4,
  channels: 2,
  width: 16,
  depth: 6,
  heads: 2,
  mlpRatio: 4,
  classes: 3,
  learnSigma: true,
};

/** @type {[label: string, method: string, options: object][]} */
const cases = [
  ["LoRA", "lora", { rank: 8 }],
  [
    "LoRA on all kinds of layers, alpha 5",
    "lora",
    { rank: 3, alpha: 5, at: "{blocks.*.attn.*,blocks.*.mlp.*,blocks.*.adaLN_modulation.1,x_embedder.proj,t_*.mlp.0}" },
  ],
  ["DoRA", "dora", { rank: 4, alpha: 6 }],
  ["DoRA on the patch embedding", "dora", { rank: 2, at: "x_embedder.proj" }],
  ["LoKr", "lokr", { factor: 4, scale: 0.7 }],
  ["LoKr of rank 2", "lokr", { factor: "square", rank: 2, at: "blocks.*.{attn,mlp}.*" }],
  ["OFT", "oft", {}],
  ["OFT of two blocks", "oft", { blocks: 2, at: "blocks.*.{attn,mlp}.*" }],
  ["(IA)³", "ia3", {}],
];

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  if (size !== "tiny") return;
  const model = ditModel(config);
  const noise = (/** @type {string} */ key, /** @type {number} */ n) => normals(5, key, 0, n);
  const base = Object.fromEntries(
    Object.entries(initialDit(config, 0, "unit")).map(([name, values]) => {
      const z = noise(`base ${name}`, values.length);
      return [name, name === "pos_embed" ? values : values.map((value, i) => value + 0.1 * z[i])];
    }),
  );
  const x = noise("x", 3 * 2 * 8 * 8);
  const [t, y] = [Float32Array.of(999, 17, 500), Int32Array.of(3, 0, 2)];
  const recipe = loadRecipe("mini");
  const engine = await createEngine("cpu");
  for (const [label, methodName, options] of cases) {
    const { method, from } = await loadMethod(methodName);
    const adapted = attach(method, model, options);
    const trained = Object.fromEntries(
      adapted.trainable.map(({ name, shape }) => [name, noise(name, sizeOf(shape)).map((z) => 0.2 * z)]),
    );
    const place = join(folder, `adapters-${methodName}-${cases.findIndex(([other]) => other === label)}`);
    mkdirSync(join(place, "adapter"), { recursive: true });
    const write = (/** @type {string} */ file, /** @type {[string, any][]} */ tensors) =>
      writeSafetensors(join(place, file), tensors);
    write(
      "base.safetensors",
      model.weights.map(({ name, shape }) => [name, { type: "F32", shape, data: base[name] }]),
    );
    write("inputs.safetensors", [
      ["x", { type: "F32", shape: [3, 2, 8, 8], data: x }],
      ["t", { type: "F32", shape: [3], data: t }],
      ["y", { type: "F32", shape: [3], data: Float32Array.from(y) }],
    ]);
    const peft = exportFormats.find((format) => format.name === "peft");
    // Only what the format reads of a run.
    const run = {
      ...{ folder: place, adapted, config, base, trained, notes: [] },
      recipe: { ...recipe, settings: { ...recipe.settings, model: config } },
      record: {
        cell: { method: methodName, methodLabel: label, methodSource: from, dataset: "none", seed: 0 },
        ...{ recipe: "mini", protocol: "none", identity: "none", data: { classes: ["a", "b", "c"] } },
        weights: { base: "none" },
      },
    };
    for (const file of peft?.make(/** @type {any} */ (run), undefined).files ?? [])
      file.write(join(place, "adapter", file.name));
    runPython(python, "adapters.py", place);

    const all = { ...base, ...trained };
    const infos = [...adapted.frozen, ...adapted.trainable];
    const compiled = await engine.compile(
      (given) => ({ out: dit(given, config, given.x, given.t, given.y, adapted.call(given)) }),
      {
        ...Object.fromEntries(infos.map(({ name, shape }) => [name, { shape, value: all[name] }])),
        ...{ x: { shape: [3, 2, 8, 8] }, t: { shape: [3] }, y: { shape: [3], dtype: "int32" } },
      },
    );
    const { out } = await compiled.run({ x, t, y });
    await compiled.dispose();
    /** @type {(what: string, worst: number, tolerance: number) => Row} */
    const row = (what, worst, tolerance) => ({
      part: `${label} in PEFT, ${what}`,
      size: "width 16, 6 blocks",
      worst,
      tolerance,
    });
    yield row("output", largestDifference(numbersOf(out), tensorsOf(join(place, "out.safetensors"))("out")), 1e-5);
    const merged = tensorsOf(join(place, "merged.safetensors"));
    const worst = tf.tidy(() => {
      const tensors = Object.fromEntries(
        [...model.weights, ...adapted.trainable].map(({ name, shape }) => [name, tf.tensor(all[name], [...shape])]),
      );
      const { weights } = adapted.merge(tensors);
      return Math.max(
        ...model.weights.map(({ name }) => largestDifference(numbersOf(weights[name].dataSync()), merged(name))),
      );
    });
    yield row("merge_and_unload, weights", worst, 1e-6);
  }
}
