import type * as tf from "@tensorflow/tfjs";

// N = images, S = side in pixels, F = features, K = classes

/** A network whose features a distance is taken over: a function of its weights, like the models themselves. */
export interface Extractor {
  /** Name and version: distances of different ids are different quantities. */
  readonly id: string;
  /** Side of the square images it takes, in pixels. */
  readonly imageSize: number;
  /** Number of features. */
  readonly dimension: number;
  /** Name to shape of every weight. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /**
   * @param x_NSSC images, channels last, in [-1, 1]
   * @returns [N, F]
   */
  features(w: Readonly<Record<string, tf.Tensor>>, x_NSSC: tf.Tensor4D): tf.Tensor2D;
}

/** An extractor that this project trains. */
export interface Classifier extends Extractor {
  /** Class scores before the softmax, [N, K]: what it is trained by. */
  logits(w: Readonly<Record<string, tf.Tensor>>, x_NSSC: tf.Tensor4D): tf.Tensor2D;
}
