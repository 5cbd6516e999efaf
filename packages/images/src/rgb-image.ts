// Types of images in memory. N = images, H = height, W = width.

/** An image of 8-bit RGB. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** [H, W, 3], row-major. */
  readonly pixels: Uint8Array;
}

/** An RGB image as it is decoded, with its alpha channel if it has one. */
export interface DecodedImage extends RgbImage {
  /** [H, W]; 255 is opaque. */
  readonly alpha?: Uint8Array;
}

/** An RGB image of float values in any range. */
export interface FloatImage {
  readonly width: number;
  readonly height: number;
  /** [H, W, 3], row-major. */
  readonly values: Float32Array;
}

/** The bytes of N images of one size, [N, H, W, 3], in memory (a Uint8Array has this form) or in a file. */
export interface ImageBytes {
  readonly length: number;
  subarray(begin: number, end: number): Uint8Array;
}
