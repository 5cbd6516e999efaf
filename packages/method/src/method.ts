// The contract: which base weights a method trains, and what it grafts onto the model.

import type * as tf from "@tensorflow/tfjs";
import type { z } from "zod";
import type { Affine } from "./affine.ts";
import type { Init } from "./init.ts";
import type { Model, Module, Weights } from "./model.ts";

/** New weights around every module whose path matches. Has `affine`, or `forward`, or `merge`, or the last two. */
export interface Graft<K extends string = string> {
  /** Module paths to graft onto, as a glob: `blocks.*.attn.{qkv,proj}`. Matching none is an error. */
  readonly at: string;
  /** The new trainable weights of one module. They are stored as `<path>.<method>.<key>`. */
  weights(module: Module): Record<K, Init>;
  /**
   * Scales and shifts each channel of the module's output, and needs neither `forward` nor `merge`: the model takes the two up in
   * the gate or modulation that follows, where there is one, and they fold into a linear module, a part that ends in one, and a norm.
   */
  affine?(w: Weights<K>): Affine;
  /**
   * Stands in for the module; `call` is the module itself. Plain tfjs ops, no reads of values: the same function runs eagerly,
   * under tf.grads and traced. Omit to run a linear module on its merged weights instead.
   */
  forward?(call: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, w: Weights<K>): tf.Tensor;
  /**
   * Folds the graft into the base model: the base weights that change, by checkpoint path, given all of them. Linear weights
   * are [out, in] here whatever their shape in the checkpoint. Omit where folding cannot be exact.
   */
  merge?(base: Weights, w: Weights<K>, module: Module): Record<string, tf.Tensor>;
}

export interface Adaptation {
  /** Base weights left trainable, as globs over checkpoint paths: `**.bias`. The rest are frozen. Matching none is an error. */
  readonly train?: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: each graft's keys are checked where it is written, by graft()
  readonly grafts?: readonly Graft<any>[];
}

export interface Method<Options extends object = object> {
  /** What `bench run --method` takes: lower-case letters, digits and hyphens. */
  readonly name: string;
  /**
   * As a table's row calls it, with the options that usually differ: `LoRA-R8`; at most 60 characters on one line. Others that are
   * not as published are added to it: `LoRA-R8 (alpha=8)`.
   */
  label(options: Options): string;
  /** Where it was published. */
  readonly source: string;
  /** Options: their types, defaults (the published settings) and help texts. The values are plain JSON, so that a record holds them whole. */
  readonly options: z.ZodType<Options>;
  /** Published learning rate (AdamW, constant). */
  readonly learningRate: number;
  /** Depends on its arguments alone; not async. */
  adapt(options: Options, model: Model): Adaptation;
  /** The plug-in that the method came from, for messages; whoever loads the method sets it. */
  readonly plugin?: string;
}

/** A method of whatever options. */
// biome-ignore lint/suspicious/noExplicitAny: options are checked by the method's own schema when they are parsed
export type AnyMethod = Method<any>;

/** Identity, for type inference. */
export const defineMethod = <Options extends object>(method: Method<Options>): Method<Options> => method;

/** Identity, for type inference. */
export const graft = <K extends string>(g: Graft<K>): Graft<K> => g;
