import { resizeTensorflow1Bilinear, resizeTorchBilinear } from "./bilinear.ts";
import { resizePillowFloat } from "./pillow-resize.ts";
import type { RgbImage } from "./rgb-image.ts";

// S = side in pixels, C = 3 channels

/**
 * How a picture becomes a feature extractor's square input. Which one it is changes a FID by several units, so distances name it
 * (Parmar et al., 2022, https://arxiv.org/abs/2104.11222).
 *
 * - `pytorch`: pytorch-fid's; bilinear without smoothing, of values in 0 ... 1, then 2x - 1.
 * - `clean`: clean-fid's; Pillow's bicubic, smoothed when shrinking, clipped to 0 ... 255, then (x - 128) / 128.
 * - `tensorflow`: that of the original network and of torch-fidelity; TensorFlow 1's bilinear, then (x - 128) / 128.
 */
export const resizers = ["pytorch", "clean", "tensorflow"] as const;
export type Resizer = (typeof resizers)[number];

/** [S, S, C] row-major, about -1 ... 1. */
export function extractorInput({ width, height, pixels }: RgbImage, size: number, resizer: Resizer): Float32Array {
  if (resizer === "pytorch") {
    const unit = Float32Array.from(pixels, (x) => x / 255);
    return resizeTorchBilinear({ width, height, values: unit }, size, size).values.map((x) => 2 * x - 1);
  }
  const image = { width, height, values: Float32Array.from(pixels) };
  if (resizer === "tensorflow") return resizeTensorflow1Bilinear(image, size, size).values.map((x) => (x - 128) / 128);
  return resizePillowFloat(image, size, size).values.map((x) => (Math.min(255, Math.max(0, x)) - 128) / 128);
}
