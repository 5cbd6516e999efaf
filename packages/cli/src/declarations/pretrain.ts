// The arguments and flags of `bench pretrain`.

import { choice, declare, type OptionsOf, text } from "../parser/flag.ts";
import { computing, out, recipe } from "./shared.ts";

export const pretrain = declare({
  about: "train the base model and the feature extractor of a recipe again",
  flags: {
    recipe,
    out,
    part: choice("name", "what to train", { choices: ["base", "extractor", "all"], default: "all" }),
    to: text("folder", "where the weights go (default: beside the recipe)"),
    ...computing,
  },
});

export type PretrainOptions = OptionsOf<typeof pretrain.flags>;
