// Crops images to the centre, as DiT's training does.

import type { RgbImage } from "../rgb-image.ts";
import { roundHalfToEven } from "../round-half-to-even.ts";
import { resizePillow8 } from "./pillow-resize.ts";

/**
 * Identifies decoding and cropping in fingerprints. It changes when a pixel of the result changes. Version 2 blends the
 * whole screen of a GIF with white, including the part outside the first frame.
 */
export const preprocessingId = "adm-center-crop/2 white";

/**
 * Crops to [S, S, 3], S = `size`, as DiT's training does, with `center_crop_arr` of ADM
 * (https://github.com/openai/guided-diffusion): halve by BOX while the shorter side is at least 2 S, resize by BICUBIC
 * until the shorter side is S, crop the centre. Smaller images are enlarged. The result equals Pillow's bit for bit.
 */
export function centerCrop(image: RgbImage, size: number): RgbImage {
  let input = image;
  while (Math.min(input.width, input.height) >= 2 * size)
    input = resizePillow8(input, Math.floor(input.width / 2), Math.floor(input.height / 2), "box");
  const scale = size / Math.min(input.width, input.height);
  const width = roundHalfToEven(input.width * scale);
  const height = roundHalfToEven(input.height * scale);
  const window = {
    left: Math.floor((width - size) / 2),
    top: Math.floor((height - size) / 2),
    width: size,
    height: size,
  };
  return resizePillow8(input, width, height, "bicubic", window);
}
