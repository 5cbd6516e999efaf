// Runs kernels that only some tfjs backends have, such as the fused kernels of @dit-bench/compiler.

import * as tf from "@dit-bench/tfjs";

/**
 * Whether the active tfjs backend has a kernel of this name. The functions of this package then run that kernel in
 * place of a chain of tfjs ops; both give the same values up to rounding, and tests compare them.
 *
 * Kernels: `LayerNorm` {x} (epsilon) -> [y, invStd], `Gelu` {x} -> y, `GeluGrad` {dy, x, y} -> dx.
 */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel of the active backend that has one output. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attrs: Record<string, number> = {}) {
  return tf.engine().runKernel<tf.Tensor>(name, inputs, attrs);
}

/** Runs a kernel of the active backend that has several outputs. */
export function runMultiOutputKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: Record<string, number> = {},
) {
  return tf.engine().runKernel<tf.Tensor[]>(name, inputs, attrs);
}
