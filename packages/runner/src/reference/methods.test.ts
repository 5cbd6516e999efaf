// The methods against values of plain PyTorch and of PEFT, which share no code with them. They are made by
// tools/torch/methods.py, formula_methods.py and peft_methods.py, in float32 on a CPU.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createEngine, type Signature, type TensorFunction, type Values } from "@dit-bench/compiler";
import { adamwCoefficients } from "@dit-bench/diffusion";
import { type DitConfig, dit, ditModel } from "@dit-bench/dit";
import { type Adapted, attach, type WeightInfo, type Weights } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";
import { float32, readSafetensors, type Safetensors } from "@dit-bench/weights";
import { describe, expect, it } from "vitest";
import { loadMethods, methodNamed } from "../methods/methods.ts";
import { unflatten } from "../training/flat.ts";
import { initialState, trainingStep } from "../training/optimizer-step.ts";

const config: DitConfig = {
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
const model = ditModel(config);
const methods = await loadMethods();

const engines = ["tfjs-cpu", "cpu"] as const;

const base = read("base.safetensors");
const baseWeights = tensorsWithPrefix(base, "w.");
/** One file for each method and options. */
const titles = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".safetensors") && file !== "base.safetensors")
  .map((file) => file.slice(0, -".safetensors".length));
const cases = titles.map((title) => {
  const stored = read(`${title}.safetensors`);
  const { method, options } = JSON.parse(stored.metadata.about!) as { method: string; options: object };
  const adapted = attach(methodNamed(method, methods).method, model, options);
  const trained = { ...pick(baseWeights, adapted.trainable), ...tensorsWithPrefix(stored, "w.") };
  return { title, stored, adapted, trained };
});
it.each(methods.map(({ method }) => method.name))("%s has values of PyTorch", (name) => {
  expect(cases.map(({ adapted }) => adapted.method.name)).toContain(name);
});

const optimized = cases.filter(({ stored }) => [...stored.tensors.keys()].some((name) => name.startsWith("after.")));

it("compares the steps of the optimizer", () => {
  expect(optimized.map(({ title }) => title)).toEqual(expect.arrayContaining(["lora-r8", "difffit", "oft", "ssf"]));
});

it.each(cases)("$title trains the weights that it trains in PyTorch", ({ stored, adapted }) => {
  const wanted = tensorsWithPrefix(stored, "grad.");
  expect(adapted.trainable.map((w) => w.name).sort()).toEqual(Object.keys(wanted).sort());
  for (const { name, shape } of adapted.trainable)
    expect([...shape], name).toEqual([...stored.tensors.get(`grad.${name}`)!.shape]);
});

describe.each(engines)("on %s", (engineName) => {
  it.each(cases)(
    "$title has PyTorch's output, loss and gradients within 1e-5",
    async ({ stored, adapted, trained }) => {
      const engine = await createEngine(engineName, { threads: 1 });
      const compiled = await engine.compile(lossAndGradients(adapted), signature(adapted));
      const got = await compiled.run({ ...batch(), ...trained });
      await compiled.dispose();
      expect(furthest(got.output!, value(stored, "output"))).toBeLessThan(1e-5);
      expect(relative(got.loss!, value(stored, "loss"))).toBeLessThan(1e-5);
      const gradients = Object.entries(tensorsWithPrefix(stored, "grad."));
      const largest = largestOfKinds(gradients);
      for (const [weight, gradient] of gradients) {
        const mine = withoutKeyBias(weight, got[`d ${weight}`]!);
        const difference = furthest(mine, withoutKeyBias(weight, gradient)) / largest.get(kindOf(weight))!;
        expect(difference, weight).toBeLessThan(tolerance(weight));
      }
    },
  );

  // Adam divides a gradient by its own magnitude: where one crosses zero, rounding decides how its weight moves, in
  // PyTorch as here.
  it.each(optimized)(
    "$title has PyTorch's weights after five AdamW steps: 99 in 100 within 1e-6, all within 1 % of the largest change",
    async ({ stored, adapted, trained }) => {
      const engine = await createEngine(engineName, { threads: 1 });
      const optimizer = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } as const;
      const inputs = Object.fromEntries(
        Object.entries(signature(adapted)).filter(([input]) => !adapted.trainable.some((w) => w.name === input)),
      );
      const loss = (mine: Weights, given: Weights) => meanSquare(run({ ...given, ...mine }, given, adapted), given);
      const step = trainingStep({ trainable: adapted.trainable, inputs, loss, optimizer, emaDecay: 0.9 });
      const compiled = await engine.compile(...step);
      await compiled.setState({ ...initialState(adapted.trainable, trained) });
      for (let k = 1; k <= 5; k++) {
        const coefficients = Object.entries(adamwCoefficients(k, optimizer)).map(([c, v]) => [`adamw.${c}`, v]);
        await compiled.run({ ...batch(), ...Object.fromEntries(coefficients) });
      }
      const weights = unflatten(adapted.trainable, (await compiled.getState()).weights as Float32Array);
      await compiled.dispose();
      const differences = Object.entries(tensorsWithPrefix(stored, "after.")).flatMap(([weight, values]) => {
        const want = withoutKeyBias(weight, values);
        return withoutKeyBias(weight, weights[weight]!).map((v, i) => Math.abs(v - want[i]!));
      });
      expect(differences.filter((d) => d > 1e-6).length / differences.length).toBeLessThan(0.01);
      expect(Math.max(...differences)).toBeLessThan(5e-5);
    },
  );
});

it.each(cases.filter(({ adapted }) => adapted.merges))(
  "$title merged into the base model has PyTorch's output within 1e-5 of the largest value",
  async ({ stored, adapted, trained }) => {
    const engine = await createEngine("tfjs-cpu");
    const merged: TensorFunction = (given) => ({ output: run(adapted.merge(given).weights, given) });
    const compiled = await engine.compile(merged, signature(adapted));
    const { output } = await compiled.run({ ...batch(), ...trained });
    await compiled.dispose();
    expect(relative(output!, value(stored, "output"))).toBeLessThan(1e-5);
  },
);

function run(weights: Weights, given: Weights, adapted?: Adapted): tf.Tensor {
  return dit(weights, config, given.x!, given.t!, given.y!, adapted?.call(weights));
}

const meanSquare = (output: tf.Tensor, given: Weights): tf.Scalar =>
  tf.mean(tf.square(tf.sub(output, given.target!))) as tf.Scalar;

/** output, loss, and `d <name>` for each trainable weight. */
function lossAndGradients(adapted: Adapted): TensorFunction {
  const names = adapted.trainable.map((w) => w.name);
  return (given) => {
    const loss = (...trainable: tf.Tensor[]) => {
      const weights = { ...given, ...Object.fromEntries(names.map((name, i) => [name, trainable[i]!])) };
      return meanSquare(run(weights, given, adapted), given);
    };
    const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => given[name]!));
    const gradients = Object.fromEntries(names.map((name, i) => [`d ${name}`, grads[i]!]));
    return { output: run(given, given, adapted), loss: value, ...gradients };
  };
}

function signature(adapted: Adapted): Signature {
  const specOf = ({ shape }: WeightInfo) => ({ shape });
  return {
    ...Object.fromEntries(adapted.trainable.map((w) => [w.name, specOf(w)])),
    ...Object.fromEntries(adapted.frozen.map((w) => [w.name, { shape: w.shape, value: baseWeights[w.name]! }])),
    ...Object.fromEntries(["x", "t", "target"].map((name) => [name, { shape: base.tensors.get(name)!.shape }])),
    y: { shape: base.tensors.get("y")!.shape, dtype: "int32" },
  };
}

function batch(): Values {
  return {
    x: value(base, "x"),
    t: value(base, "t"),
    target: value(base, "target"),
    y: base.tensors.get("y")!.data as Int32Array,
  };
}

/** Weights that add to the output of qkv, channel by channel. */
const biasOfQkv = /attn\.qkv\.(bias|ssf\.shift_O|glora\.[de])$/;

/**
 * Leaves out the bias of the attention keys. The softmax does not depend on it: its true gradient is 0, and the
 * computed one is only rounding error.
 */
function withoutKeyBias(name: string, values: ArrayLike<number>): number[] {
  const D = config.width;
  const hasKeys = values.length === 3 * D && biasOfQkv.test(name);
  return Array.from(values).filter((_, i) => !(hasKeys && i >= D && i < 2 * D));
}

/** The name of the same weight in any block. */
const kindOf = (name: string): string => name.replace(/^blocks\.\d+\./, "blocks.*.");

/**
 * The largest absolute gradient of each weight in any block. Within one block, the sum of a gradient of a single number
 * may nearly cancel, so its rounding error is large relative to its value.
 */
function largestOfKinds(gradients: readonly (readonly [string, Float32Array])[]): Map<string, number> {
  const largest = new Map<string, number>();
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
 * Relative to the largest value. The frequencies of the timestep embedding differ in the last bit of a float32 (6e-8),
 * which is multiplied with t (999).
 */
const tolerance = (name: string): number => (name === "t_embedder.mlp.0.weight" ? 6e-8 * 999 : 1e-5);

function furthest(got: ArrayLike<number>, want: ArrayLike<number>): number {
  expect(got.length).toBe(want.length);
  return Array.from(want).reduce((max, v, i) => Math.max(max, Math.abs(v - got[i]!)), 0);
}

/** The largest difference over the largest value. */
function relative(got: ArrayLike<number>, want: ArrayLike<number>): number {
  return furthest(got, want) / Array.from(want).reduce((max, v) => Math.max(max, Math.abs(v)), 0);
}

function read(file: string): Safetensors {
  return readSafetensors(fileURLToPath(new URL(file, import.meta.url)));
}

function value(file: Safetensors, name: string): Float32Array {
  return float32(file.tensors.get(name)!);
}

/** The tensors under a prefix, without it. */
function tensorsWithPrefix(file: Safetensors, prefix: string): Record<string, Float32Array> {
  const names = [...file.tensors.keys()].filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), value(file, name)]));
}

function pick(values: Record<string, Float32Array>, infos: readonly WeightInfo[]): Record<string, Float32Array> {
  return Object.fromEntries(infos.flatMap(({ name }) => (values[name] ? [[name, values[name]]] : [])));
}
