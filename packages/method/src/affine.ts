// Affine maps of a module's output: one factor and one addend per channel. They are applied as late as possible: two
// consecutive maps compose into one, and the model's own gate or modulation is such a map. A method's map therefore
// costs no second pass over the tokens.

import * as tf from "@dit-bench/tfjs";

/**
 * y ↦ y scale + shift. Each is [out], [1] or any shape that broadcasts over the output; an absent scale is 1, an absent
 * shift 0.
 */
export interface Affine {
  readonly scale?: tf.Tensor;
  readonly shift?: tf.Tensor;
}

/** An output y [..., out] and the affine map that is still to be applied to it. */
export interface Pending extends Affine {
  readonly y: tf.Tensor;
}

/** A tensor as a Pending without a map; a Pending as it is. */
export const asPending = (y: tf.Tensor | Pending): Pending => (y instanceof tf.Tensor ? { y } : y);

/** The composition with a second map: (y a + b) s + t = y (a s) + (b s + t). */
export function composeAffine({ y, scale: a, shift: b }: Pending, { scale: s, shift: t }: Affine): Pending {
  const scale = combine(tf.mul, a, s);
  const shift = combine(tf.add, combine(tf.mul, b, b && s), t);
  return { y, ...(scale && { scale }), ...(shift && { shift }) };
}

/** Applies the pending map. */
export function applyPending({ y, scale, shift }: Pending): tf.Tensor {
  const scaled = scale ? tf.mul(y, scale) : y;
  return shift ? tf.add(scaled, shift) : scaled;
}

const combine = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a: tf.Tensor | undefined, b: tf.Tensor | undefined) =>
  a && b ? f(a, b) : (a ?? b);
