/** A picture: pixels [H, W, 3], RGB, row-major, 8 bits. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A picture of float values [H, W, 3], row-major, in any range. */
export interface FloatImage {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}
