// The arguments and flags of `bench features` and `bench fid`.

import { extractors } from "@dit-bench/runner/extractors";
import { argument, choice, declare, type OptionsOf, text, wholeNumber } from "../parser/flag.ts";
import { extension } from "../parser/values.ts";
import { computing, json, strict } from "./shared.ts";

/** Returns the help of a flag for each extractor, such as `inception: Inception-v3; mini: …`. */
const describeExtractors = (flag: "extractor" | "weights" | "tap"): string =>
  extractors.flatMap(({ name, help }) => (help[flag] === undefined ? [] : [`${name}: ${help[flag]}`])).join("; ");

const measuring = {
  extractor: choice("name", `feature extractor; ${describeExtractors("extractor")}`, {
    choices: extractors.map(({ name }) => name),
    default: "inception",
  }),
  weights: text("file", describeExtractors("weights")),
  tap: text("name", describeExtractors("tap")),
  resize: choice("name", "resize images as pytorch-fid, clean-fid or the original TensorFlow code of the FID does", {
    choices: async () => (await import("@dit-bench/images")).resizers,
    default: "pytorch",
  }),
  strict,
  ...computing,
  json,
};

export const features = declare({
  about: "write the features of a folder's images, with their mean and covariance",
  arguments: {
    images: argument(
      "a folder of images, also in subfolders (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, PPM), or a .npz or .npy " +
        "with uint8 images [N, H, W, 3]",
    ),
  },
  flags: {
    output: text("file", "where to write the features: a .npz, which pytorch-fid reads, or a .safetensors", {
      required: true,
      check: extension(".npz", ".safetensors"),
    }),
    ...measuring,
  },
});

export const fid = declare({
  about:
    "print the Fréchet distance between two sets of images (FID); " +
    "with --json also KID, precision, recall, density and coverage",
  arguments: {
    a: argument(
      "generated images: a folder; a .npz or .npy with uint8 images [N, H, W, 3], as the sample_ddp.py of DiT and " +
        "the scripts of ADM and EDM write; features, from 'bench features' or as float .npy [N, D]; " +
        "or a .npz of pytorch-fid with mu and sigma",
    ),
    b: argument("real images, in any of the same forms"),
  },
  flags: {
    ...measuring,
    resamples: wholeNumber(
      "number",
      "bootstrap resamples for the interval of the FID, each as slow as the FID itself; 0 for no interval",
      { holds: (count) => count === 0 || count >= 20, wanted: "0, or at least 20 for an interval" },
      { default: 0 },
    ),
  },
});

export type MeasuringOptions = OptionsOf<typeof measuring>;
export type FeaturesOptions = OptionsOf<typeof features.flags>;
export type FidOptions = OptionsOf<typeof fid.flags>;
