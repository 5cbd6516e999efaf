// The small model that the checks run methods on. All weights are random and none is zero, so every part matters.
//
// N = batch, C = channels, S = input side, K = classes

import { type DitConfig, dit, ditModel, sinCosPositions } from "@dit-bench/dit";
import { type Adapted, type AnyMethod, attach, type Promises, type Values, type Weights } from "@dit-bench/method";
import { normals } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";

export const config: DitConfig = {
  name: "conformance",
  inputSize: 8,
  patchSize: 4,
  channels: 2,
  width: 16,
  depth: 6, // so that VPT's first five blocks, and DiffFit's first half, are not all blocks
  heads: 2,
  mlpRatio: 4,
  classes: 3,
  learnSigma: true,
};

export const model = ditModel(config);

/** A method with its options. */
export interface Case {
  readonly method: AnyMethod;
  readonly options?: object;
  /** Whether all grafts merge into the base model. Default: whether all have a merge or an affine that merges. */
  readonly merges?: boolean;
}

/** What the method promises; an empty object if it promises nothing. */
export const promisesOf = (method: AnyMethod): Promises => method.promises ?? {};

export interface Subject {
  readonly adapted: Adapted;
  readonly base: Values;
  /** Starting values of the trainable weights. */
  readonly start: Values;
  /** The starting values plus N(0, 0.05²), so that no graft is the identity. */
  readonly moved: Values;
}

export function makeSubject(c: Case): Subject {
  const adapted = attach(c.method, model, c.options);
  const base = baseWeights();
  const start = adapted.initial(base, 0);
  const moved = Object.fromEntries(
    Object.entries(start).map(([name, v]) => {
      const z = normals(1, `moved ${name}`, 0, v.length);
      return [name, v.map((x, i) => x + 0.05 * z[i]!)];
    }),
  );
  return { adapted, base, start, moved };
}

/** Weights N(0, 1/fan-in), biases N(0, 0.1²), class embedding N(0, 0.5²), positions sin-cos. */
function baseWeights(): Values {
  return Object.fromEntries(
    model.weights.map(({ name, shape }) => {
      if (name === "pos_embed")
        return [name, Float32Array.from(sinCosPositions(config.width, config.inputSize / config.patchSize))];
      const std = name.endsWith(".bias")
        ? 0.1
        : name === model.classEmbedding
          ? 0.5
          : (shape[0]! / sizeOf(shape)) ** 0.5;
      return [name, normals(0, `conformance ${name}`, 0, sizeOf(shape)).map((z) => std * z)];
    }),
  );
}

/** Inputs: x [N, C, S, S], timesteps t [N], and labels y [N], one of them the null class. */
export const inputs = {
  x: {
    shape: [3, config.channels, config.inputSize, config.inputSize],
    data: normals(0, "conformance x", 0, 3 * 2 * 64),
  },
  t: { shape: [3], data: Float32Array.of(3, 250, 999) },
  y: { shape: [3], data: Int32Array.of(0, 2, config.classes) },
} as const;

/**
 * The weights as tensors of the current backend.
 *
 * @throws Error if a value does not have the size of its shape
 */
export function toTensors(s: Subject, values: Values): Record<string, tf.Tensor> {
  const shapes = new Map([...s.adapted.model.weights, ...s.adapted.trainable].map((w) => [w.name, w.shape]));
  return Object.fromEntries(
    Object.entries(values).map(([name, v]) => {
      const shape = shapes.get(name);
      if (!shape || sizeOf(shape) !== v.length)
        throw new Error(`weight '${name}' has ${v.length} values, but its shape is [${shape ?? "unknown"}]`);
      return [name, tf.tensor(v, [...shape])];
    }),
  );
}

/** The output [N, 2C, S, S] of the adapted model; without a subject, that of the model itself. */
export function forward(s: Subject | undefined, weights: Weights, x: tf.Tensor, t: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return dit(weights, config, x, t, y, s?.adapted.call(weights));
}

/** `inputs` as tensors: x, t, y. */
export function eagerInputs(): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const { x, t, y } = inputs;
  return [tf.tensor(x.data, [...x.shape]), tf.tensor(t.data, [...t.shape]), tf.tensor(y.data, [...y.shape], "int32")];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
