// Scaled dot-product attention.
//
// N = batch, T = tokens, H = heads, C = width of one head, D = H C = width

import * as tf from "@dit-bench/tfjs";

/**
 * Scaled dot-product attention, softmax(q k^T / sqrt(C)) v (https://arxiv.org/abs/1706.03762, eq. 1).
 *
 * @param q_NHTC queries; their T may differ from that of keys and values
 * @returns [N, H, T, C], with the queries' T
 */
export function attention(q_NHTC: tf.Tensor, k_NHTC: tf.Tensor, v_NHTC: tf.Tensor): tf.Tensor {
  const width = q_NHTC.shape.at(-1) as number;
  const scores = tf.matMul(tf.mul(q_NHTC, 1 / Math.sqrt(width)), k_NHTC, false, true);
  return tf.matMul(tf.softmax(scores), v_NHTC);
}

/**
 * Multi-head self-attention between the `qkv` and the `proj` layers of a transformer block.
 *
 * @param qkv_NTE output of the qkv layer, E = 3 D, ordered as in timm and the DiT checkpoints: q, k, v, each by head
 * @param heads H; divides D
 * @returns [N, T, D], the input of `proj`
 * @throws if E is not 3 D with D divisible by `heads`
 */
export function selfAttention(qkv_NTE: tf.Tensor, heads: number): tf.Tensor {
  const [N, T, E] = qkv_NTE.shape as [number, number, number];
  const D = E / 3;
  const C = D / heads;
  if (qkv_NTE.rank !== 3 || !Number.isInteger(C)) {
    throw new Error(
      `self-attention: qkv [${qkv_NTE.shape}] with ${heads} heads: wanted [N, T, 3 D] with D divisible by ${heads}`,
    );
  }
  const parts = tf.split(tf.transpose(tf.reshape(qkv_NTE, [N, T, 3, heads, C]), [2, 0, 3, 1, 4]), 3, 0);
  const [q, k, v] = parts.map((part) => tf.reshape(part, [N, heads, T, C])) as [tf.Tensor, tf.Tensor, tf.Tensor];
  return tf.reshape(tf.transpose(attention(q, k, v), [0, 2, 1, 3]), [N, T, D]);
}
