// The interface of feature extractors.
//
// N = images, S = side in pixels, F = features, K = classes

import type * as tf from "@dit-bench/tfjs";

/** A network whose features FID and the other scores compare: a function of its weights, as the models are. */
export interface Extractor {
  /** Name and version. Scores over features of different ids cannot be compared. */
  readonly id: string;
  /** Side of its square input images, in pixels. */
  readonly imageSize: number;
  /** Number of features. */
  readonly dimension: number;
  /** Shape of every weight, by name. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /**
   * @param x_NSSC images, channels last, in [-1, 1]
   * @returns [N, F]
   */
  features(w: Readonly<Record<string, tf.Tensor>>, x_NSSC: tf.Tensor4D): tf.Tensor2D;
}

/** An extractor that this project trains. */
export interface Classifier extends Extractor {
  /** Class scores before the softmax, [N, K], for training. */
  logits(w: Readonly<Record<string, tf.Tensor>>, x_NSSC: tf.Tensor4D): tf.Tensor2D;
}
