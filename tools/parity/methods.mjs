// Compares the outputs, losses and gradients of the methods in compiled functions with plain PyTorch and with PEFT.

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
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
  for (const script of ["methods.py", "formula_methods.py", "peft_methods.py"])
    execFileSync(python, [join(top, "tools/torch", script), target], { stdio: ["ignore", "ignore", "inherit"] });
  const base = tensorsOf(join(target, "base.safetensors"));
  const engine = await createEngine(engineName);
  const files = readdirSync(target).filter((file) => file !== "base.safetensors");
  for (const file of files.sort()) {
    const path = join(target, file);
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
    const compared = names.filter((name) => name !== "t_embedder.mlp.0.weight");
    const largest = largestOfKinds(compared.map((name) => [name, reference(`grad.${name}`)]));
    const gradients = compared.map((name) => {
      const ours = withoutKeyBias(name, numbersOf(results[`d ${name}`]));
      return (
        largestDifference(ours, withoutKeyBias(name, reference(`grad.${name}`))) / (largest.get(kindOf(name)) ?? 0)
      );
    });
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

/** The name of the same weight in any block. */
const kindOf = (/** @type {string} */ name) => name.replace(/^blocks\.\d+\./, "blocks.*.");

/**
 * The largest absolute gradient of each weight in any block: within one block, the gradient of a single number may be a
 * sum that nearly cancels.
 *
 * @param {[string, Float32Array][]} gradients
 */
function largestOfKinds(gradients) {
  /** @type {Map<string, number>} */
  const largest = new Map();
  for (const [name, values] of gradients) {
    const known = largest.get(kindOf(name)) ?? 0;
    largest.set(
      kindOf(name),
      values.reduce((max, v) => Math.max(max, Math.abs(v)), known),
    );
  }
  return largest;
}

/**
 * Removes the keys' part of what adds to the output of qkv, channel by channel.
 *
 * @param {string} name
 * @param {Float32Array} values
 */
function withoutKeyBias(name, values) {
  const D = config.width;
  const hasKeys = values.length === 3 * D && /attn\.qkv\.(bias|ssf\.shift_O|glora\.[de])$/.test(name);
  return Array.from(values).filter((_, i) => !(hasKeys && i >= D && i < 2 * D));
}
