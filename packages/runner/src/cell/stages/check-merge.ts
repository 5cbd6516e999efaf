// Compares the model with its grafts and the merged model, from which images are sampled, on one batch: the outputs
// must be equal to rounding.
//
// N = batch, C = channels, S = side

import { type Compiled, createEngine, type Engine, type Signature } from "@dit-bench/compiler";
import { type DitConfig, dit } from "@dit-bench/dit";
import { type Adapted, MethodError, type Values } from "@dit-bench/method";
import { integers, normals } from "@dit-bench/random";
import type * as tf from "@dit-bench/tfjs";
import { mergedValues } from "../../sampling/merged-network.ts";

/**
 * The largest difference that counts as rounding, relative to the largest output. Measured on the CPU in float32 with
 * random weights: at most 7.5e-7 for LoRA, DiffFit and SSF on mini's shape, the same with 28 blocks and DiT-S/2; 4.8e-7
 * on mini after 20 steps of training. Mistakes can differ by little more: a merge that left out qkv's bias differed by
 * 3.0e-5 after two steps of training.
 */
const TOLERANCE = 2e-5;

const BATCH = 2;

export interface MergeCheckTask {
  readonly engine: Engine;
  readonly adapted: Adapted;
  readonly config: DitConfig;
  readonly base: Values;
  readonly trained: Values;
}

/**
 * Does nothing if the method has no graft or does not merge.
 *
 * @returns the largest difference, relative to the largest output; undefined if there was nothing to compare
 * @throws MethodError with the first module whose merge changes the output
 */
export async function checkMerge(task: MergeCheckTask): Promise<number | undefined> {
  const { adapted } = task;
  const { sites } = adapted;
  if (sites.length === 0 || !adapted.merges) return undefined;
  const engine = await float32Engine(task.engine);
  const outputAfter = (merged: number) => outputOf({ ...task, engine }, merged);
  const wanted = await outputAfter(0);
  const scale = wanted.reduce((max, v) => Math.max(max, Math.abs(v)), 0) || 1; // all zeros for an untrained DiT
  const differenceOf = async (merged: number) => {
    const got = await outputAfter(merged);
    return wanted.reduce((max, v, i) => Math.max(max, Math.abs(v - got[i]!)), 0) / scale;
  };
  const agrees = (difference: number) => difference <= TOLERANCE; // false for NaN

  const difference = await differenceOf(sites.length);
  if (agrees(difference)) return difference;
  // Bisection: grafts are merged one after the other, and the output must be right after each of them.
  let [good, bad, worst] = [0, sites.length, difference];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const atMiddle = await differenceOf(middle);
    if (agrees(atMiddle)) good = middle;
    else [bad, worst] = [middle, atMiddle];
  }
  throw new MethodError(
    `${adapted.who}: merging the graft on '${sites[bad - 1]}' changes the model: outputs of one batch differ by ` +
      `${worst.toPrecision(2)} of the largest, more than ${TOLERANCE}; let merge do what forward does, ` +
      "or leave merge out",
  );
}

/** Rounding in another precision would hide mistakes, so such an engine leaves the check to `cpu`. */
const float32Engine = async (engine: Engine): Promise<Engine> =>
  engine.name.includes("+") ? createEngine("cpu", { threads: engine.threads }) : engine;

/** The model's output for one fixed batch, with the first `merged` grafts folded in and the others in their places. */
async function outputOf(
  { engine, adapted, config, base, trained }: MergeCheckTask,
  merged: number,
): Promise<Float32Array> {
  const all = { ...base, ...trained };
  const values: Values = merged === 0 ? all : { ...trained, ...mergedValues(adapted, all, merged) };
  const whole = merged === adapted.sites.length;
  const infos = whole ? adapted.model.weights : [...adapted.model.weights, ...graftedOf(adapted)];
  const { channels: C, inputSize: S, classes } = config;
  const signature: Signature = {
    ...Object.fromEntries(infos.map(({ name, shape }) => [`w.${name}`, { shape, value: values[name]! }])),
    x: { shape: [BATCH, C, S, S] },
    t: { shape: [BATCH] },
    y: { shape: [BATCH], dtype: "int32" },
  };
  const compiled: Compiled = await engine.compile(
    (given) => {
      const w = Object.fromEntries(infos.map(({ name }) => [name, given[`w.${name}`]!]));
      const { x, t, y } = given as Record<"x" | "t" | "y", tf.Tensor>;
      return { out: dit(w, config, x, t, y, whole ? undefined : adapted.call(w, merged)) };
    },
    signature,
    { name: "merge check" },
  );
  try {
    const { out } = await compiled.run({
      x: normals(0, "merge check", 0, BATCH * C * S * S),
      t: Float32Array.of(100, 700),
      y: Int32Array.from(integers(0, "merge check labels", 0, BATCH, classes)),
    });
    return out as Float32Array;
  } finally {
    await compiled.dispose();
  }
}

function graftedOf({ model, trainable }: Adapted) {
  const own = new Set(model.weights.map(({ name }) => name));
  return trainable.filter(({ name }) => !own.has(name));
}
