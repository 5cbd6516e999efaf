// The base model as a method sees it: names and shapes, which are known before any weight is in memory.

import type * as tf from "@dit-bench/tfjs";

/** Tensors by checkpoint path: `blocks.0.attn.qkv.weight`. */
export type Weights<K extends string = string> = Readonly<Record<K, tf.Tensor>>;

/** Values by checkpoint path, row-major. */
export type Values = Readonly<Record<string, Float32Array>>;

/** A weight of the model: its path in the checkpoint, and its shape. */
export interface WeightInfo {
  /** Path in the checkpoint. */
  readonly name: string;
  readonly shape: readonly number[];
  /** A constant such as the sin-cos positions: it never trains, whatever a glob matches. */
  readonly fixed?: boolean;
}

/** A place in the model where a method may put a graft. */
export interface Module {
  /** Its path in the checkpoint: `blocks.0.attn.qkv`. */
  readonly path: string;
  /**
   * - `linear`: a layer with `<path>.weight` [out, in] and `<path>.bias` [out];
   * - `norm`: a layer norm without weights of its own, followed by a modulation;
   * - `branch`: from the residual stream to the value that is added back to it;
   * - `part`: any other, such as a whole block.
   */
  readonly kind: "linear" | "norm" | "branch" | "part";
  /** Width of the input's last axis. */
  readonly in: number;
  /** Width of the output's last axis. */
  readonly out: number;
  /** Path of the linear layer whose output is the output of this `part`. An affine map of the part folds into it. */
  readonly last?: string;
  /**
   * Only for a `norm`: path of the linear layer whose output modulates the normed values, x̂ (1 + scale) + shift, and
   * the indices of its blocks of `out` rows that give shift and scale. An affine map of the norm folds into them.
   */
  readonly modulation?: { readonly path: string; readonly shift: number; readonly scale: number };
}

/** The base model, before any weight exists. */
export interface Model {
  /** `DiT-XL/2`, or the name that a recipe gives. */
  readonly name: string;
  /** Number of blocks. */
  readonly depth: number;
  /** Width of the residual stream. */
  readonly width: number;
  readonly weights: readonly WeightInfo[];
  readonly modules: readonly Module[];
  /** Name of the class embedding. It belongs to the run: every method trains it and counts it in its parameters. */
  readonly classEmbedding: string;
}

/** Number of elements of a shape. */
export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
