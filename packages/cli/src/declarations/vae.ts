// The arguments and flags of `bench vae encode` and `bench vae decode`.

import { argument, decimalNumber, declare, type OptionsOf, text, toggle, wholeNumber } from "../parser/flag.ts";
import { atLeast, extension } from "../parser/values.ts";
import { computing, json, overwrite, seed, strict } from "./shared.ts";

const coding = {
  weights: text(
    "path",
    "an AutoencoderKL: a diffusers folder, its file of weights, or a name that 'bench fetch' knows, " +
      "such as sd-vae-ft-ema",
    { required: true },
  ),
  scale: decimalNumber(
    "factor",
    "factor of the latents (default: the one in the file or its config.json, or 0.18215)",
    {
      holds: (scale) => scale > 0,
      wanted: "a positive number, such as 0.18215",
    },
  ),
  tile: wholeNumber(
    "pixels",
    "cut larger images into overlapping tiles of this side (default: 256 for images from 512 pixels on)",
    atLeast(1),
  ),
  ...computing,
  json,
};

export const vaeEncode = declare({
  about: "encode images to latents, as the AutoencoderKL of diffusers does, and multiply them by the scale",
  arguments: {
    images: argument(
      "a folder, or one image (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, PPM); all have one size unless --size is given",
    ),
  },
  flags: {
    ...coding,
    output: text("file", "where to write the latents; a .safetensors", {
      required: true,
      check: extension(".safetensors"),
    }),
    size: wholeNumber("pixels", "crop to the centre and resize to this side, as DiT's training does", atLeast(1)),
    sample: toggle("sample the distribution over latents, instead of taking its mean"),
    seed: seed("seed of --sample"),
    strict,
  },
});

export const vaeDecode = declare({
  about: "decode latents to images, as PNG",
  arguments: { latents: argument("a file of 'bench vae encode', or a .safetensors with a tensor [N, Z, h, w]") },
  flags: {
    ...coding,
    output: text("folder", "where the images go; the folder must not hold other images", { required: true }),
    overwrite: overwrite("'bench vae decode'"),
  },
});

export type CodingOptions = OptionsOf<typeof coding>;
export type VaeEncodeOptions = OptionsOf<typeof vaeEncode.flags>;
export type VaeDecodeOptions = OptionsOf<typeof vaeDecode.flags>;
