// The arguments and flags of `bench predict`.

import { choice, declare, type OptionsOf, text } from "../parser/flag.ts";
import { extension } from "../parser/values.ts";
import { computing, ditCheckpoint, json } from "./shared.ts";

export const predict = declare({
  about: "write a DiT's output for given inputs, to compare it with other programs",
  flags: {
    weights: text(
      "file",
      "a facebookresearch .pt, a diffusers folder, safetensors with the names of either, " +
        "or a name that 'bench fetch' knows",
      { required: true },
    ),
    inputs: text("file", "safetensors with x [N,C,H,W] float32, t [N] and y [N] (int64 or float32)", {
      required: true,
    }),
    output: text("file", "where to write the output: a .safetensors with out [N,C',H,W]", {
      required: true,
      check: extension(".safetensors"),
    }),
    ...ditCheckpoint,
    forward: choice("name", "compute the model as the official code or as diffusers does", {
      choices: async () => (await import("@dit-bench/runner")).forwards,
      default: "official",
    }),
    ...computing,
    json,
  },
});

export type PredictOptions = OptionsOf<typeof predict.flags>;
