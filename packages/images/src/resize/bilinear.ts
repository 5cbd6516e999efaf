// Resizes images bilinearly as PyTorch does, and as TensorFlow 1 does.

import type { FloatImage } from "../rgb-image.ts";

/**
 * Resizes as PyTorch's `F.interpolate(mode="bilinear", align_corners=False)`, which pytorch-fid uses: half-pixel
 * centres, no antialiasing. Differs from PyTorch by less than 2e-7 of the range of the values (measured on the
 * fixtures).
 */
export function resizeTorchBilinear(image: FloatImage, width: number, height: number): FloatImage {
  const position = (index: number, scale: number) => Math.max(0, f32(scale * (index + 0.5) - 0.5));
  return bilinear(image, width, height, position);
}

/**
 * Resizes as TensorFlow 1's `resize_bilinear`, which the original FID network and torch-fidelity use: source = target ×
 * (in / out), without half-pixel centres. Differs from torch-fidelity by less than 1e-6 of the range (measured on the
 * fixtures).
 */
export function resizeTensorflow1Bilinear(image: FloatImage, width: number, height: number): FloatImage {
  return bilinear(image, width, height, (index, scale) => f32(index * scale));
}

// Both reference programs compute positions and weights in float32; PyTorch's position is one fused multiply-add.
const f32 = Math.fround;

function bilinear(
  image: FloatImage,
  width: number,
  height: number,
  position: (index: number, scale: number) => number,
): FloatImage {
  const columns = neighbours(image.width, width, position);
  const rows = neighbours(image.height, height, position);
  const values = new Float32Array(height * width * 3);
  for (const [y, { low: top, high: bottom, weight: weightBelow }] of rows.entries())
    for (const [x, { low: left, high: right, weight: weightRight }] of columns.entries())
      for (let c = 0; c < 3; c++) {
        const at = (row: number, column: number) => image.values[(row * image.width + column) * 3 + c] as number;
        const upper = at(top, left) * (1 - weightRight) + at(top, right) * weightRight;
        const lower = at(bottom, left) * (1 - weightRight) + at(bottom, right) * weightRight;
        values[(y * width + x) * 3 + c] = upper * (1 - weightBelow) + lower * weightBelow;
      }
  return { width, height, values };
}

/** For each output position, the two neighbouring input positions and the weight of the second. */
function neighbours(from: number, to: number, position: (index: number, scale: number) => number) {
  const scale = f32(from / to);
  return Array.from({ length: to }, (_, index) => {
    const source = position(index, scale);
    const low = Math.min(from - 1, Math.floor(source));
    return { low, high: Math.min(from - 1, low + 1), weight: f32(source - low) };
  });
}
