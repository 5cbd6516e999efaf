// Conversion of images between bytes and network inputs.
//
// C = channels, H, W = height and width

import type { Plane } from "@dit-bench/autoencoder";
import type { RgbImage } from "@dit-bench/images";

/** Converts RGB bytes [H, W, 3] to [3, H, W] in [-1, 1]. @param mirrored left to right */
export function planeOf({ width, height, pixels }: RgbImage, mirrored = false): Plane {
  const data = new Float32Array(3 * height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const source = (y * width + (mirrored ? width - 1 - x : x)) * 3;
      for (let c = 0; c < 3; c++) data[(c * height + y) * width + x] = pixels[source + c]! / 127.5 - 1;
    }
  return { data, channels: 3, height, width };
}

/** Converts [3, H, W] in [-1, 1] to RGB bytes [H, W, 3], rounded to the nearest level and clipped. */
export function imageOf({ data, height, width }: Plane): RgbImage {
  const pixels = new Uint8Array(3 * height * width);
  const area = height * width;
  for (let p = 0; p < area; p++)
    for (let c = 0; c < 3; c++)
      pixels[p * 3 + c] = Math.min(255, Math.max(0, Math.round((data[c * area + p]! + 1) * 127.5)));
  return { width, height, pixels };
}
