// Selects some images of a set without copying them. N = images, S = side in pixels.

import type { ImageBytes } from "@dit-bench/images";

/** A view of the images at `indices`, in that order. @param imageBytes bytes of one image */
export function selectImages(pixels: ImageBytes, indices: readonly number[], imageBytes: number): ImageBytes {
  const imageAt = (i: number): Uint8Array => {
    const start = indices[i]! * imageBytes;
    return pixels.subarray(start, start + imageBytes);
  };
  return {
    length: indices.length * imageBytes,
    subarray(begin, end) {
      const first = Math.floor(begin / imageBytes);
      const last = Math.ceil(end / imageBytes);
      const from = begin - first * imageBytes;
      if (last - first === 1) return imageAt(first).subarray(from, end - first * imageBytes);
      const images = new Uint8Array((last - first) * imageBytes);
      for (let i = first; i < last; i++) images.set(imageAt(i), (i - first) * imageBytes);
      return images.subarray(from, end - first * imageBytes);
    },
  };
}
