// The loss that the miniature's extractor is trained with.
//
// N = images, S = side in pixels, K = classes

import * as tf from "@dit-bench/tfjs";
import type { Classifier } from "../extractor.ts";

/** Label smoothing: the share of each label that is spread evenly over all classes. Szegedy et al., 2016, section 7. */
const SMOOTHING = 0.1;

/**
 * Mean cross entropy, in nats, of the extractor's class scores against smoothed labels. Szegedy et al., 2016,
 * https://arxiv.org/abs/1512.00567. Smoothing keeps scores and features from growing once all images are classified.
 *
 * @param x_NSSC images, channels last, in [-1, 1]
 * @param labels_NK one-hot rows, float32
 */
export function classifierLoss(
  extractor: Classifier,
  w: Readonly<Record<string, tf.Tensor>>,
  x_NSSC: tf.Tensor4D,
  labels_NK: tf.Tensor2D,
): tf.Scalar {
  const logits_NK = extractor.logits(w, x_NSSC);
  const classes = logits_NK.shape[1];
  if (labels_NK.shape[1] !== classes || labels_NK.shape[0] !== logits_NK.shape[0])
    throw new Error(`classifier loss: labels are [${labels_NK.shape}], wanted one-hot rows [${logits_NK.shape}]`);
  const targets_NK = tf.add(tf.mul(labels_NK, 1 - SMOOTHING), SMOOTHING / classes);
  const crossEntropy_N = tf.neg(tf.sum(tf.mul(targets_NK, tf.logSoftmax(logits_NK)), -1));
  return tf.mean(crossEntropy_N);
}
