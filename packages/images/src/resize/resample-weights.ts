// Computes the weights of Pillow's resampling (https://github.com/python-pillow/Pillow, `Resample.c`): the filter is
// stretched by the scale when shrinking, truncated at the border and normalised.

/** `box`: the mean of the area. `bicubic`: Keys' cubic with a = -0.5. */
export type ResampleFilter = "box" | "bicubic";

/** For each output position, the first input position and the weights from that position on; they sum to 1. */
export interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** The taps of output positions `begin` to `end` (exclusive) for resizing `from` positions to `to`. */
export function resampleTaps(from: number, to: number, filter: ResampleFilter, begin = 0, end = to): Taps {
  const { kernel, radius } = kernels[filter];
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const support = radius * stretch;
  const first = new Int32Array(end - begin);
  const weights: Float64Array[] = [];
  for (let position = begin; position < end; position++) {
    const center = (position + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(from, Math.trunc(center + support + 0.5));
    const taps = new Float64Array(high - low);
    let sum = 0;
    for (let i = 0; i < taps.length; i++) {
      const weight = kernel((i + low - center + 0.5) * (1 / stretch));
      taps[i] = weight;
      sum += weight;
    }
    if (sum !== 0) for (let i = 0; i < taps.length; i++) taps[i] = (taps[i] as number) / sum;
    first[position - begin] = low;
    weights.push(taps);
  }
  return { first, weights };
}

const kernels: Readonly<Record<ResampleFilter, { kernel: (x: number) => number; radius: number }>> = {
  box: { kernel: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0), radius: 0.5 },
  bicubic: { kernel: cubic, radius: 2 },
};

/** Source: R. Keys, Cubic convolution interpolation for digital image processing, 1981, equation 4 with a = -0.5. */
function cubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}
