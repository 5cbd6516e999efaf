// Resizes images as Pillow does. The three channels of a pixel are adjacent in memory.

import type { FloatImage, RgbImage } from "../rgb-image.ts";
import { type ResampleFilter, resampleTaps, type Taps } from "./resample-weights.ts";

/** A part of the output by its upper left corner and size, in output pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Resizes as Pillow's `Image.resize((width, height), filter)` does for RGB, bit for bit: weights in fixed point with 22
 * fractional bits, columns before rows, rounded and clipped to 8 bits after each of the two.
 *
 * @param window compute only this part of the result
 */
export function resizePillow8(
  image: RgbImage,
  width: number,
  height: number,
  filter: ResampleFilter,
  window: Window = { left: 0, top: 0, width, height },
): RgbImage {
  const columns = fixedPoint(resampleTaps(image.width, width, filter, window.left, window.left + window.width));
  const rows = fixedPoint(resampleTaps(image.height, height, filter, window.top, window.top + window.height));
  const { begin, end } = extent(rows);
  const resampledColumns = resampleColumns8(image, columns, begin, end);
  return {
    width: window.width,
    height: window.height,
    pixels: resampleRows8(resampledColumns, window.width, rows, begin),
  };
}

/**
 * Resizes as Pillow does for mode F with BICUBIC, channel by channel, which clean-fid uses (Parmar et al., On Aliased
 * Resizing and Surprising Subtleties in GAN Evaluation, 2022). clean-fid then clips to 0 ... 255; this function does
 * not.
 */
export function resizePillowFloat(
  image: FloatImage,
  width: number,
  height: number,
  filter: ResampleFilter = "bicubic",
): FloatImage {
  const columns = resampleTaps(image.width, width, filter);
  const rows = resampleTaps(image.height, height, filter);
  const resampledColumns = new Float32Array(image.height * width * 3);
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        resampledColumns[(y * width + x) * 3 + c] = weightedSum(
          image.values,
          (y * image.width + (columns.first[x] as number)) * 3 + c,
          3,
          columns.weights[x],
        );
  const values = new Float32Array(height * width * 3);
  const stride = width * 3;
  for (let y = 0; y < height; y++)
    for (let i = 0; i < stride; i++)
      values[y * stride + i] = weightedSum(
        resampledColumns,
        (rows.first[y] as number) * stride + i,
        stride,
        rows.weights[y],
      );
  return { width, height, values };
}

const fractionBits = 22; // 32 - 8 - 2, so that a weighted sum of 8-bit pixels fits in 32 bits

interface FixedTaps {
  readonly first: Int32Array;
  readonly weights: readonly Int32Array[];
}

/** Weights × 2^22, halves rounded away from zero as in Pillow. */
function fixedPoint({ first, weights }: Taps): FixedTaps {
  const scale = 1 << fractionBits;
  return {
    first,
    weights: weights.map((taps) =>
      Int32Array.from(taps, (weight) => Math.trunc(weight * scale + (weight < 0 ? -0.5 : 0.5))),
    ),
  };
}

/** The range of input rows that the taps cover. */
function extent({ first, weights }: FixedTaps): { begin: number; end: number } {
  let begin = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const [i, low] of first.entries()) {
    begin = Math.min(begin, low);
    end = Math.max(end, low + (weights[i] as Int32Array).length);
  }
  return { begin, end };
}

/** Resamples the columns of rows `begin` to `end` of the image. */
function resampleColumns8(image: RgbImage, columns: FixedTaps, begin: number, end: number): Uint8ClampedArray {
  const width = columns.first.length;
  const { pixels } = image;
  const out = new Uint8ClampedArray((end - begin) * width * 3);
  for (let x = 0; x < width; x++) {
    const taps = columns.weights[x] as Int32Array;
    let row = (begin * image.width + (columns.first[x] as number)) * 3;
    let o = x * 3;
    for (let y = begin; y < end; y++) {
      let red = roundingOffset;
      let green = roundingOffset;
      let blue = roundingOffset;
      for (let k = 0, i = row; k < taps.length; k++, i += 3) {
        const weight = taps[k] as number;
        red += Math.imul(pixels[i] as number, weight);
        green += Math.imul(pixels[i + 1] as number, weight);
        blue += Math.imul(pixels[i + 2] as number, weight);
      }
      out[o] = red >> fractionBits;
      out[o + 1] = green >> fractionBits;
      out[o + 2] = blue >> fractionBits;
      row += image.width * 3;
      o += width * 3;
    }
  }
  return out;
}

/** Resamples rows; `pixels` starts at input row `begin`. */
function resampleRows8(pixels: Uint8ClampedArray, width: number, rows: FixedTaps, begin: number): Uint8Array {
  const stride = width * 3;
  const out = new Uint8ClampedArray(rows.first.length * stride);
  const sums = new Int32Array(stride);
  for (const [y, low] of rows.first.entries()) {
    const taps = rows.weights[y] as Int32Array;
    sums.fill(roundingOffset);
    for (let k = 0; k < taps.length; k++) {
      const weight = taps[k] as number;
      const from = (low - begin + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] = (sums[i] as number) + Math.imul(pixels[from + i] as number, weight);
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = (sums[i] as number) >> fractionBits;
  }
  return new Uint8Array(out.buffer);
}

const roundingOffset = 1 << (fractionBits - 1); // 0.5 in fixed point

function weightedSum(values: Float32Array, start: number, stride: number, taps: Float64Array | undefined): number {
  let sum = 0;
  if (taps !== undefined)
    for (let k = 0, i = start; k < taps.length; k++, i += stride) sum += (values[i] as number) * (taps[k] as number);
  return sum;
}
