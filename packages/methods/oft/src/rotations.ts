// Orthogonal matrices by the Cayley transform of skew-symmetric matrices Q: Qiu et al. 2023,
// https://arxiv.org/abs/2306.07280, with an inverse that consists of matrix multiplications.
//
// G = blocks, B = channels of a block, H = B / 2, F = B - 1

import { tf } from "@dit-bench/method";

/**
 * The orthogonal matrices (I + Q)(I - Q)⁻¹.
 *
 * @param skew_GHF the free entries of each Q, packed
 * @returns [G, B, B]
 */
export function rotations(skew_GHF: tf.Tensor): tf.Tensor {
  const Q_GBB = skewSymmetric(skew_GHF);
  const identity_BB = tf.eye(Q_GBB.shape[1]!);
  return tf.matMul(tf.add(identity_BB, Q_GBB), inverse(tf.sub(identity_BB, Q_GBB)));
}

/**
 * Q of its B (B - 1) / 2 free entries, packed into [H, F]. Row i < H of Q has, right of the diagonal, the packed
 * entries (i, i) to (i, F - 1). Row H + i has, from column H to the diagonal, the packed entries (i, 0) to (i, i - 1).
 */
function skewSymmetric(packed_GHF: tf.Tensor): tf.Tensor {
  const [G, H, F] = packed_GHF.shape as [number, number, number];
  const mask = (columns: number, has: (i: number, j: number) => boolean) =>
    tf.tensor(Array.from({ length: H }, (_, i) => Array.from({ length: columns }, (_, j) => Number(has(i, j)))));
  const [isRight, isLeft] = [mask(F + 1, (i, j) => j > i), mask(H, (i, j) => j < i)];
  const padLeft = (x: tf.Tensor, columns: number) => tf.concat([tf.zeros([G, H, columns]), x], 2);
  const upper_GHB = tf.mul(padLeft(packed_GHF, 1), isRight);
  const lower_GHH = tf.mul(tf.slice(packed_GHF, [0, 0, 0], [G, H, H]), isLeft);
  const half_GBB = tf.concat([upper_GHB, padLeft(lower_GHH, H)], 1);
  return tf.sub(half_GBB, tf.transpose(half_GBB, [0, 2, 1]));
}

/** M⁻¹ of every block, with the closed-form gradient -M⁻ᵀ dY M⁻ᵀ: no step of the iteration is kept for it. */
const inverse = tf.customGrad((M, save) => {
  const value = newtonInverse(M as tf.Tensor);
  (save as tf.GradSaveFunc)([value]);
  const gradFunc = (dy: tf.Tensor, [X]: tf.Tensor[]) => tf.neg(tf.matMul(tf.matMul(X!, dy, true), X!, false, true));
  return { value, gradFunc };
});

/**
 * Newton's iteration X ← X (2 I - M X) for M = I - Q, from X = Mᵀ. M X is symmetric, and its eigenvalues are in
 * [low, high]: at first 1 and the largest row sum of |M Mᵀ| = |I + Q Qᵀ|. Scaling X by 2 / (low + high) before a step
 * brings them into [4 low high / (low + high)², 1].
 *
 * Ten steps leave a residual ‖I - M X‖ of at most 6e-9, less than float32's rounding, for row sums up to 1e4, and of at
 * most 7e-3 for 1e5. A rotation by the angle a needs a row sum of at least 1 / cos²(a / 2), which is 1e4 at 178.9°.
 */
function newtonInverse(M_GBB: tf.Tensor): tf.Tensor {
  const twice_BB = tf.mul(2, tf.eye(M_GBB.shape[1]!));
  let X_GBB: tf.Tensor = tf.transpose(M_GBB, [0, 2, 1]);
  let low: tf.Tensor = tf.scalar(1);
  let high = tf.max(tf.sum(tf.abs(tf.matMul(M_GBB, X_GBB)), 2, true), 1, true);
  for (let step = 0; step < 10; step++) {
    const scale = tf.div(2, tf.add(low, high));
    const scaled_GBB = tf.mul(scale, X_GBB);
    X_GBB = tf.matMul(scaled_GBB, tf.sub(twice_BB, tf.matMul(M_GBB, scaled_GBB)));
    low = tf.mul(tf.mul(low, high), tf.square(scale));
    high = tf.scalar(1);
  }
  return X_GBB;
}
