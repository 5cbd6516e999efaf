// Limits on the size of an image, checked before any memory is allocated for its pixels.

import { ImageError } from "./image-error.ts";

/** Images with a shorter side below this are refused: resizing them mostly invents pixels. */
export const smallestSide = 8;
/** Images with more pixels are refused: 100 million pixels take 300 MB once decoded. */
export const mostPixels = 100_000_000;

/** Throws ImageError for a size outside the limits. */
export function checkSize({ width, height }: { readonly width: number; readonly height: number }): void {
  const size = `${width}×${height} pixels`;
  if (Math.min(width, height) < smallestSide)
    throw new ImageError(`${size}: the shorter side must have at least ${smallestSide}`);
  if (width * height > mostPixels)
    throw new ImageError(`${size}: at most ${mostPixels / 1e6} million are allowed: scale it down first`);
}
