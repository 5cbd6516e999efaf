// A function of a batch as equal micro-batches, its parts: each runs the same function, and their outputs are combined.

import * as tf from "@dit-bench/tfjs";
import type { TensorFunction } from "./signature.ts";

export interface Parts {
  /** Number of parts. */
  readonly count: number;
  /** At most this many run at the same time. Default: no limit. */
  readonly lanes?: number;
  /** Inputs that are divided along axis 0, which `count` divides. Every part receives the others whole. */
  readonly split: readonly string[];
  /** The function of one part. */
  readonly part: TensorFunction;
  /** Outputs of `part` that are concatenated along axis 0. The others are averaged, summed in the parts' order. */
  readonly rows?: readonly string[];
  /**
   * Makes the outputs of the whole function from its inputs and the combined outputs of the parts, for instance updated
   * weights from gradients. Default: the combined outputs themselves.
   */
  readonly finish?: TensorFunction;
}

/** Number of rows of a part. Throws if the input cannot be divided. */
export function rowsOfPart(name: string, shape: readonly number[], count: number): number {
  const [rows = 0] = shape;
  if (rows === 0 || rows % count !== 0)
    throw new Error(`input "${name}" has shape [${shape}]: wanted rows that ${count} parts divide`);
  return rows / count;
}

/** The function of the whole batch, which runs the parts one after the other. */
export function wholeOf({ count, split, part, rows = [], finish }: Parts): TensorFunction {
  return (inputs) => {
    if (count === 1) {
      const outputs = part(inputs);
      return finish ? finish({ ...inputs, ...outputs }) : outputs;
    }
    for (const name of split) rowsOfPart(name, inputs[name]!.shape, count);
    const slices = split.map((name) => tf.split(inputs[name]!, count, 0));
    const results = Array.from({ length: count }, (_, k) =>
      part({ ...inputs, ...Object.fromEntries(split.map((name, i) => [name, slices[i]![k]!])) }),
    );
    const combined = Object.fromEntries(
      Object.keys(results[0]!).map((name) => {
        const outputs = results.map((result) => result[name]!);
        return [name, rows.includes(name) ? tf.concat(outputs) : mean(outputs)];
      }),
    );
    return finish ? finish({ ...inputs, ...combined }) : combined;
  };
}

const mean = (tensors: readonly tf.Tensor[]): tf.Tensor =>
  tf.div(
    tensors.reduce((a, b) => tf.add(a, b)),
    tensors.length,
  );
