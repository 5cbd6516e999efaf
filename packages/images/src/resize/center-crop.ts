import type { RgbImage } from "../rgb-image.ts";
import { roundHalfToEven } from "../round-half-to-even.ts";
import { resizePillow8 } from "./pillow-resize.ts";

/**
 * Names decoding and cropping in fingerprints; change it when a pixel of the result changes. Version 2: GIF with transparency,
 * or with a first frame smaller than its screen, is put on white whole.
 */
export const preprocessingId = "adm-center-crop/2 white";

/**
 * The centre crop that DiT is trained on, from ADM (https://github.com/openai/guided-diffusion, `center_crop_arr`): halve with
 * BOX while the shorter side is at least twice `size`, then BICUBIC so that the shorter side is `size`, then cut `size` × `size`
 * from the middle. Smaller pictures are enlarged by the same rule. Equal to Pillow's to the bit.
 */
export function centerCrop(image: RgbImage, size: number): RgbImage {
  let halved = image;
  while (Math.min(halved.width, halved.height) >= 2 * size)
    halved = resizePillow8(halved, Math.floor(halved.width / 2), Math.floor(halved.height / 2), "box");
  const scale = size / Math.min(halved.width, halved.height);
  const width = roundHalfToEven(halved.width * scale);
  const height = roundHalfToEven(halved.height * scale);
  const window = {
    left: Math.floor((width - size) / 2),
    top: Math.floor((height - size) / 2),
    width: size,
    height: size,
  };
  return resizePillow8(halved, width, height, "bicubic", window);
}
