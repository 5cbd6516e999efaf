// The weights of networks whose convolutions are each followed by a batch norm: those of the checkpoint, and the
// extractor's own, with the norms folded into the convolutions. At inference a norm is a scale and a shift of each
// channel.
//
// O, I, H, W = output and input channels, height and width of a kernel

/** A convolution without bias and the batch norm after it. */
export interface NormedConvolution {
  /** The folded weights are `NAME.weight` and `NAME.bias`. */
  readonly name: string;
  /** The convolution's and the norm's own name in the checkpoint. */
  readonly kernel: string;
  readonly norm: string;
  /** [O, I, H, W] of the kernel. */
  readonly shape: readonly number[];
}

const normParts = ["weight", "bias", "running_mean", "running_var"] as const;

/** Shape of every weight that is read of the checkpoint, by name. */
export function checkpointShapes(convolutions: readonly NormedConvolution[]): Record<string, readonly number[]> {
  return Object.fromEntries(
    convolutions.flatMap(({ kernel, norm, shape }) => [
      [`${kernel}.weight`, shape],
      ...normParts.map((part) => [`${norm}.${part}`, shape.slice(0, 1)]),
    ]),
  );
}

/** Shape of every folded weight, by name. */
export function foldedShapes(convolutions: readonly NormedConvolution[]): Record<string, readonly number[]> {
  return Object.fromEntries(
    convolutions.flatMap(({ name, shape }) => [
      [`${name}.weight`, shape],
      [`${name}.bias`, shape.slice(0, 1)],
    ]),
  );
}

/**
 * (conv(x) - mean) / sqrt(variance + ε) · weight + bias = conv'(x) + bias', in double precision.
 *
 * @throws if a variance or weight gives no finite scale
 */
export function foldNorms(
  convolutions: readonly NormedConvolution[],
  checkpoint: Readonly<Record<string, Float32Array>>,
  epsilon: number,
): Record<string, Float32Array> {
  const folded: Record<string, Float32Array> = {};
  for (const { name, kernel, norm, shape } of convolutions) {
    const [gain_O, shift_O, mean_O, variance_O] = normParts.map((part) => checkpoint[`${norm}.${part}`]!) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const weight_OIHW = checkpoint[`${kernel}.weight`]!.slice();
    const outputs = shape[0]!;
    const bias_O = new Float32Array(outputs);
    const kernelSize = weight_OIHW.length / outputs;
    for (let o = 0; o < outputs; o++) {
      const scale = gain_O[o]! / Math.sqrt(variance_O[o]! + epsilon);
      if (!Number.isFinite(scale))
        throw new Error(
          `channel ${o} of '${norm}' has variance ${variance_O[o]} and weight ${gain_O[o]}: ` +
            "wanted finite numbers and no negative variance; the checkpoint is damaged, fetch it again",
        );
      for (let i = o * kernelSize; i < (o + 1) * kernelSize; i++) weight_OIHW[i] = weight_OIHW[i]! * scale;
      bias_O[o] = shift_O[o]! - mean_O[o]! * scale;
    }
    folded[`${name}.weight`] = weight_OIHW;
    folded[`${name}.bias`] = bias_O;
  }
  return folded;
}
