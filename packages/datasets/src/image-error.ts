/** An image that cannot be used; the message is the reason alone, for the caller to put the file's name before. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

/** Shorter sides below this are refused: such an image holds nothing but the resizer's invention. */
export const smallestSide = 8;
/** Larger images are refused: 100 million pixels take 300 MB decoded. */
export const mostPixels = 100_000_000;

/** Refuses a size before any memory is taken for it. Throws ImageError. */
export function checkSize({ width, height }: { readonly width: number; readonly height: number }): void {
  const size = `${width}×${height} pixels`;
  if (Math.min(width, height) < smallestSide)
    throw new ImageError(`${size}: the shorter side must have at least ${smallestSide}`);
  if (width * height > mostPixels)
    throw new ImageError(`${size}: at most ${mostPixels / 1e6} million are allowed: scale it down first`);
}

/** An image with an alpha channel where it has one: pixels [H, W, 3], alpha [H, W]. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly alpha?: Uint8Array;
}
