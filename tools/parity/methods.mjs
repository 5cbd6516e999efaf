// Compares the outputs, losses and gradients of the six methods in compiled functions with plain PyTorch.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { dit, ditModel } from "@dit-bench/dit";
import { attach } from "@dit-bench/method";
import { loadMethod } from "@dit-bench/runner";
import { readSafetensors } from "@dit-bench/weights";
import * as tf from "@tensorflow/tfjs";
import { largestDifference, numbersOf, relativeDifference, tensorsOf, top } from "./compare.mjs";

/** @import { DitConfig } from "@dit-bench/dit" */
/** @import { Call, Row } from "./types.ts" */

export const name = "methods";
export const usesEngine = true;

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

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size, engine: engineName }) {
  if (size !== "tiny") return; // DiffFit at the true size is the part difffit-step
  const target = join(folder, "methods");
  execFileSync(python, [join(top, "tools/torch/methods.py"), target], { stdio: ["ignore", "ignore", "inherit"] });
  const base = tensorsOf(join(target, "base.safetensors"));
  const engine = await createEngine(engineName);
  for (const file of ["full", "bitfit", "lora-r8", "lora-r16", "adaptformer", "adaptformer-seq", "vpt", "difffit"]) {
    const path = join(target, `${file}.safetensors`);
    const reference = tensorsOf(path);
    const { method: name, options } = JSON.parse(readSafetensors(path).metadata.about ?? "");
    const { method } = await loadMethod(name);
    const adapted = attach(method, ditModel(config), options);
    const names = adapted.trainable.map(({ name }) => name);
    const startOf = (/** @type {string} */ weight) =>
      (reference.names.includes(`w.${weight}`) ? reference : base)(`w.${weight}`);
    const compiled = await engine.compile(
      (inputTensors) => {
        const run = (/** @type {tf.Tensor[]} */ ...trainedTensors) => {
          const w = { ...inputTensors, ...Object.fromEntries(names.map((name, i) => [name, trainedTensors[i]])) };
          return dit(w, config, inputTensors.x, inputTensors.t, inputTensors.y, adapted.call(w));
        };
        const loss = (/** @type {tf.Tensor[]} */ ...trainedTensors) =>
          tf.mean(tf.square(tf.sub(run(...trainedTensors), inputTensors.target)));
        const trainedTensors = names.map((name) => inputTensors[name]);
        const { value, grads } = tf.valueAndGrads(loss)(trainedTensors);
        const gradients = Object.fromEntries(names.map((name, i) => [`d ${name}`, grads[i]]));
        return { output: run(...trainedTensors), loss: value, ...gradients };
      },
      {
        ...Object.fromEntries(adapted.trainable.map(({ name, shape }) => [name, { shape }])),
        ...Object.fromEntries(adapted.frozen.map(({ name, shape }) => [name, { shape, value: base(`w.${name}`) }])),
        ...Object.fromEntries(["x", "t", "target"].map((name) => [name, { shape: base.shape(name) }])),
        y: { shape: base.shape("y"), dtype: "int32" },
      },
    );
    const inputs = Object.fromEntries(["x", "t", "target"].map((name) => [name, base(name)]));
    const results = await compiled.run({
      ...inputs,
      y: Int32Array.from(base("y")),
      ...Object.fromEntries(names.map((name) => [name, startOf(name)])),
    });
    await compiled.dispose();
    // Two gradients are not compared: the keys' part of a qkv bias, whose true gradient is 0, and the layer after the
    // timestep's frequencies, where the last bit of an input is multiplied by up to 999.
    const gradients = names
      .filter((name) => name !== "t_embedder.mlp.0.weight")
      .map((name) =>
        relativeDifference(
          withoutKeyBias(name, numbersOf(results[`d ${name}`])),
          withoutKeyBias(name, reference(`grad.${name}`)),
        ),
      );
    const label = method.label(adapted.options);
    /** @type {(what: string, worst: number) => Row} */
    const row = (quantity, worst) => ({
      part: `${label}, ${quantity}`,
      size: "width 16, 6 blocks",
      worst,
      tolerance: 1e-5,
    });
    yield row("output", largestDifference(numbersOf(results.output), reference("output")));
    yield row(
      "loss and gradients, relative",
      Math.max(relativeDifference(numbersOf(results.loss), reference("loss")), ...gradients),
    );
  }
}

/**
 * Removes the keys' part of a qkv bias.
 *
 * @param {string} name
 * @param {Float32Array} values
 */
function withoutKeyBias(name, values) {
  const D = config.width;
  return Array.from(values).filter((_, i) => !(name.endsWith("attn.qkv.bias") && i >= D && i < 2 * D));
}
