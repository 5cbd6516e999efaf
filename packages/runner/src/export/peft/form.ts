// What a method must state so that its trained weights can be an adapter of PEFT.

import type { Module } from "@dit-bench/method";
import type { StoredTensor } from "@dit-bench/weights";

export interface PeftForm {
  /** The name of the method. */
  readonly method: string;
  /**
   * Fields of `adapter_config.json`, and the tensors of the adapter by PEFT's names below the base model.
   *
   * @param options of the method, complete
   */
  make(options: object, sites: readonly PeftSite[]): PeftParts;
}

export interface PeftParts {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tensors: readonly (readonly [string, StoredTensor])[];
}

/** A module of the base model with a graft. */
export interface PeftSite {
  readonly module: Module;
  /** Stored shape of the module's own weight: [out, in], or [out, channels, patch, patch] of the patch embedding. */
  readonly layer: readonly number[];
  /** The graft's trained weights by key. */
  readonly weights: Readonly<Record<string, StoredTensor>>;
}

export const f32 = (shape: readonly number[], data: Float32Array): StoredTensor => ({ type: "F32", shape, data });
