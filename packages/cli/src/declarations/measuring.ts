// What `bench features` and `bench fid` take.

import { argument, choice, declare, type OptionsOf, text, whole } from "../parser/flag.ts";
import { extension } from "../parser/values.ts";
import { computing, json, strict } from "./shared.ts";

/** What `bench fetch` calls Inception's published weights. */
export const inceptionWeights = "inception-v3-fid";

const measuring = {
  extractor: choice("name", "feature extractor", {
    choices: async () => (await import("@dit-bench/runner")).extractorNames,
    default: "inception",
  }),
  weights: text(
    "file",
    "the extractor's weights (default: its own; for inception those that " +
      `'bench fetch ${inceptionWeights}' downloads)`,
  ),
  tap: text(
    "name",
    "inception: the layer to take features from, 64, 192, 768 or 2048, or spatial for sFID (default: 2048)",
  ),
  resize: choice("name", "resize images as this program does: pytorch-fid, clean-fid or the original in TensorFlow", {
    choices: async () => (await import("@dit-bench/datasets")).resizers,
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
      "a folder with JPEG, PNG, WebP or GIF images in it or below it, or a .npz or .npy with uint8 images [N, H, W, 3]",
    ),
  },
  flags: {
    output: text("file", "where to write them: a .npz, which pytorch-fid reads, or a .safetensors", {
      required: true,
      check: extension(".npz", ".safetensors"),
    }),
    ...measuring,
  },
});

export const fid = declare({
  about: "print the Fréchet distance between two sets of images (FID); with --json also KID, precision and recall",
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
    resamples: whole(
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
