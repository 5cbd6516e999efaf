// A base model as a method sees it: names and shapes, known before any weight is in memory.

import type * as tf from "@tensorflow/tfjs";

/** Tensors by checkpoint path: `blocks.0.attn.qkv.weight`. */
export type Weights<K extends string = string> = Readonly<Record<K, tf.Tensor>>;

/** Numbers by checkpoint path. */
export type Values = Readonly<Record<string, Float32Array>>;

export interface WeightInfo {
  /** Path in the checkpoint. */
  readonly name: string;
  readonly shape: readonly number[];
  /** A buffer that is no parameter, such as the sin-cos positions: it never trains, whatever a glob says. */
  readonly fixed?: boolean;
}

/** A place of the model that a method may graft onto. */
export interface Module {
  /** Its path in the checkpoint: `blocks.0.attn.qkv`. */
  readonly path: string;
  /**
   * `linear`: has `<path>.weight` [out, in] and `<path>.bias` [out]. `norm`: a layer norm without affine, followed by a
   * modulation. `branch`: from the residual stream to what is added back to it. `part`: anything else, such as a whole block.
   */
  readonly kind: "linear" | "norm" | "branch" | "part";
  /** Width of the input's last axis. */
  readonly in: number;
  /** Width of the output's last axis. */
  readonly out: number;
  /** For a `part` whose output is that of a linear layer: the layer's path. An affine map of the part folds into it. */
  readonly last?: string;
  /**
   * For a `norm`: the linear layer whose output shifts and scales the normed values, x̂ (1 + scale) + shift, and which of its
   * `out`-wide row blocks give shift and scale. A method needs it to fold an affine norm away.
   */
  readonly modulation?: { readonly path: string; readonly shift: number; readonly scale: number };
}

/** The base model, before any weight exists. */
export interface Model {
  /** `DiT-XL/2`, or a recipe's own name. */
  readonly name: string;
  /** Number of blocks. */
  readonly depth: number;
  /** Width of the residual stream. */
  readonly width: number;
  readonly weights: readonly WeightInfo[];
  readonly modules: readonly Module[];
  /** Name of the class embedding. It belongs to the run, not to a method: every method trains it, and it counts in every method's parameters. */
  readonly classEmbedding: string;
}

/** How many numbers a shape holds. */
export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
