// The arguments and flags of `bench run`.

import { declare, type OptionsOf, text, toggle } from "../parser/flag.ts";
import { computing, seed } from "./shared.ts";
import { datasetNames, methodNames, variantNames } from "./suggestions.ts";
import { training } from "./training.ts";

export const run = declare({
  about: "fine-tune a model with one method on one dataset or your own images, sample from it and score the samples",
  flags: {
    method: text("name", "fine-tuning method; 'bench list methods' shows the methods", {
      required: true,
      suggestions: methodNames,
    }),
    dataset: text("name", "dataset to fine-tune on; 'bench list datasets' shows the datasets", {
      suggestions: datasetNames,
    }),
    data: text("folder", "your own images instead of a dataset, one subfolder for each class", { single: true }),
    name: text("name", "name of your own images (default: the folder's name)"),
    seed: seed("seed of all random numbers"),
    variant: text("name", "a variant of the recipe; 'bench list recipes' shows them", { suggestions: variantNames }),
    ...training,
    threads: computing.threads,
    dryRun: toggle("print what the run would download, train and cost, and whether it would be refused"),
  },
  notes: ["Run the same command again to resume after an interruption; a finished run is not repeated."],
});

export type RunOptions = OptionsOf<typeof run.flags>;
