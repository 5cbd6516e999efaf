// What a method must state so that its trained weights can be an adapter of PEFT.

import type { Module } from "@dit-bench/method";
import type { StoredTensor } from "@dit-bench/weights";
import { BenchError } from "../../errors.ts";

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

export const reshape = (tensor: StoredTensor, shape: readonly number[]): StoredTensor => ({ ...tensor, shape });

/** Throws BenchError (usage) for the patch embedding, which is a convolution in PEFT. */
export function onlyLinear(method: string, { module: { path }, layer }: PeftSite): void {
  if (layer.length === 2) return;
  throw new BenchError(
    "usage",
    `--format peft: ${method} on '${path}', a convolution, has no form in PEFT here; ` +
      "use --format merged or --format safetensors",
  );
}
