// A factor and an addend for each channel of an output, kept back until what follows can take them up: two of them in a row are
// one, and a gate or a modulation, being one itself, costs no second pass over every token.

import * as tf from "@tensorflow/tfjs";

/** y ↦ y scale + shift. Each of [out], [1], or anything that broadcasts over the output; left out where it is one or zero. */
export interface Affine {
  readonly scale?: tf.Tensor;
  readonly shift?: tf.Tensor;
}

/** An output y [..., out] on which an affine map is still to be carried out. */
export interface Pending extends Affine {
  readonly y: tf.Tensor;
}

export const pending = (y: tf.Tensor | Pending): Pending => (y instanceof tf.Tensor ? { y } : y);

/** What is pending, followed by another: (y a + b) s + t = y (a s) + (b s + t). */
export function followedBy({ y, scale: a, shift: b }: Pending, { scale: s, shift: t }: Affine): Pending {
  const scale = both(tf.mul, a, s);
  const shift = both(tf.add, both(tf.mul, b, b && s), t);
  return { y, ...(scale && { scale }), ...(shift && { shift }) };
}

/** Carries it out. */
export function settle({ y, scale, shift }: Pending): tf.Tensor {
  const scaled = scale ? tf.mul(y, scale) : y;
  return shift ? tf.add(scaled, shift) : scaled;
}

const both = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a: tf.Tensor | undefined, b: tf.Tensor | undefined) =>
  a && b ? f(a, b) : (a ?? b);
