// The definition of a method: the base weights that it trains, and the grafts that it puts on the model.

import type * as tf from "@dit-bench/tfjs";
import type { z } from "zod";
import type { Affine } from "./affine.ts";
import type { Init } from "./init.ts";
import type { Model, Module, Weights } from "./model.ts";

/**
 * New weights on every module that `at` matches. It has `affine`, or `forward`, or `merge`, or `forward` and `merge`.
 */
export interface Graft<K extends string = string> {
  /** Glob over module paths: `blocks.*.attn.{qkv,proj}`. A glob that matches none is an error. */
  readonly at: string;
  /** The new trainable weights of one module, stored as `<path>.<method>.<key>`. */
  weights(module: Module): Record<K, Init>;
  /**
   * Scale and shift of each channel of the module's output. Replaces `forward` and `merge`: the model combines the map
   * with the gate or modulation that follows, and it merges into linear layers, parts that end in one, and norms.
   */
  affine?(w: Weights<K>): Affine;
  /**
   * Runs in place of the module; `call` is the module. Plain tfjs ops, no reads of values: the same function runs
   * eagerly, under tf.grads and while it is traced. Without it, a linear module runs on its merged weights.
   */
  forward?(call: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, w: Weights<K>): tf.Tensor;
  /**
   * The base weights that change when the graft is folded into the base model, by checkpoint path. `base` holds all of
   * them, with weights of linear layers as [out, in] whatever their stored shape. Leave it out if folding cannot be
   * exact.
   */
  merge?(base: Weights, w: Weights<K>, module: Module): Record<string, tf.Tensor>;
}

/** What `adapt` returns: the base weights that train, and the grafts. */
export interface Adaptation {
  /**
   * Globs over checkpoint paths: the base weights that train. The others are frozen. A glob that matches none is an
   * error.
   */
  readonly train?: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: graft() checks the keys of each graft where it is written
  readonly grafts?: readonly Graft<any>[];
}

/** Properties of a method that only its author knows. */
export interface Promises {
  /** Whether the adapted model starts as the base model: true unless the method says false. */
  readonly startsAsBase?: boolean;
  /** Published numbers of trainable parameters. */
  readonly parameters?: readonly PublishedCount[];
}

/** A number of trainable parameters in the method's paper. */
export interface PublishedCount {
  /** A published configuration, such as `DiT-XL/2`. */
  readonly model: string;
  readonly classes: number;
  /** Options that differ from the defaults. */
  readonly options?: object;
  /** Number of trainable parameters, class embedding included. */
  readonly count: number;
}

/** A fine-tuning method: the default export of its package. @typeParam Options its options, with their defaults */
export interface Method<Options extends object = object> {
  /** The name for `bench run --method`: lower-case letters, digits and hyphens. */
  readonly name: string;
  /**
   * Row label in tables, with the options that users vary most: `LoRA-R8`. One line of at most 60 characters. The
   * program adds other options that differ from the defaults: `LoRA-R8 (alpha=8)`.
   */
  label(options: Options): string;
  /** Citation with an address. */
  readonly source: string;
  /**
   * Types, defaults (the published settings) and help texts of the options. Values are plain JSON: records store them.
   */
  readonly options: z.ZodType<Options>;
  /** The published learning rate of AdamW, constant over training. */
  readonly learningRate: number;
  /** The adaptation of one model. It depends on nothing except its arguments, and is not async. */
  adapt(options: Options, model: Model): Adaptation;
  /** What the method promises beside that. The conformance suite checks it; runs do not read it. */
  readonly promises?: Promises;
  /** The plug-in that the method came from, for messages. The loader sets it. */
  readonly plugin?: string;
}

/** A method with any options. */
// biome-ignore lint/suspicious/noExplicitAny: the method's schema checks options when they are parsed
export type AnyMethod = Method<any>;

/** Returns its argument; infers the types. */
export const defineMethod = <Options extends object>(method: Method<Options>): Method<Options> => method;

/** Returns its argument; infers the types. */
export const graft = <K extends string>(g: Graft<K>): Graft<K> => g;
