// Initializers of new weights: the shape, which is known at once, and the values, which are computed when a run starts.

import { normals, uniforms } from "@dit-bench/random";
import { size } from "./model.ts";

/** The inputs of an initializer. */
export interface InitContext {
  readonly seed: number;
  /** The weight's path. It keys the random numbers, so the order in which weights are initialised does not matter. */
  readonly name: string;
  /** A copy of the values of a base weight, by checkpoint path. */
  base(name: string): Float32Array;
}

/** The start of a new weight: its shape, and its values. `zeros`, `kaiming` and the others make it. */
export interface Init {
  readonly shape: readonly number[];
  /** The values, row-major. They may depend on the seed and on base weights, and on nothing else. */
  values(context: InitContext): Float32Array;
}

/** Every value is `value`. */
export const constant = (value: number, ...shape: number[]): Init => ({
  shape,
  values: () => new Float32Array(size(shape)).fill(value),
});
/** Every value is 0. */
export const zeros = (...shape: number[]): Init => constant(0, ...shape);
/** Every value is 1. */
export const ones = (...shape: number[]): Init => constant(1, ...shape);

/** N(0, std²). */
export const normal = (std: number, ...shape: number[]): Init => ({
  shape,
  values: ({ seed, name }) => normals(seed, `init ${name}`, 0, size(shape)).map((z) => std * z),
});

/** U(-bound, bound). */
export const uniform = (bound: number, ...shape: number[]): Init => ({
  shape,
  values: ({ seed, name }) =>
    Float32Array.from(uniforms(seed, `init ${name}`, 0, size(shape)), (u) => bound * (2 * u - 1)),
});

/**
 * Kaiming uniform with a = √5: U(-1/√fanIn, 1/√fanIn). PyTorch's linear layers and the A of loralib start like this.
 * He et al. 2015, https://arxiv.org/abs/1502.01852, eq. 14: the bound is √(6 / ((1 + a²) fanIn)).
 */
export const kaiming = (fanIn: number, ...shape: number[]): Init => uniform(1 / Math.sqrt(fanIn), ...shape);
