// The arguments and flags of `bench list-weights`.

import { argument, declare, type OptionsOf, toggle } from "../parser/flag.ts";
import { ditCheckpoint } from "./shared.ts";

export const listWeights = declare({
  about: "list names, types and shapes of a checkpoint's tensors; runs no code of the checkpoint",
  arguments: {
    file: argument(
      "safetensors, PyTorch (.pt, .pth, .bin, .ckpt), an index of shards, a diffusers folder, " +
        "or a name that 'bench fetch' knows",
    ),
  },
  flags: { key: ditCheckpoint.key, json: toggle("print as JSON") },
});

export type ListWeightsOptions = OptionsOf<typeof listWeights.flags>;
