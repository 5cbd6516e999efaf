// The arguments and flags of `bench grid`.

import { decimalNumber, declare, list, type OptionsOf, texts, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { training } from "./training.ts";

/** Which methods run on which images; a sweep has these flags, too. */
export const cells = {
  methods: list("names", "methods to run, comma-separated (default: all built-in methods and those of plug-ins)"),
  datasets: list(
    "names",
    "datasets to train on, comma-separated (default: every dataset that the recipe can train on)",
  ),
  data: texts("folder", "your own images instead of datasets, one subfolder for each class; each --data is a dataset"),
  name: texts("name", "what to call your own images, in the order of --data (default: the folders' names)"),
};

/** How many runs at the same time, and for how long; a sweep has these flags, too. */
export const limits = {
  jobs: wholeNumber(
    "number",
    "how many runs at the same time; they share the CPU cores (default: one run for each core)",
    atLeast(1),
  ),
  timeLimit: decimalNumber("minutes", "end a run that takes longer; the other runs continue (default: none)", {
    holds: (minutes) => minutes > 0,
    wanted: "minutes above 0",
  }),
};

export const grid = declare({
  about: "run every combination of methods, datasets and seeds, several at the same time, and write the tables",
  flags: {
    ...cells,
    seeds: wholeNumber("number", "how many seeds, from 0", atLeast(1), { default: 1 }),
    variants: list(
      "names",
      "variants of the recipe to run beside it, comma-separated; 'none' for none (default: all that it has)",
    ),
    ...training,
    ...limits,
  },
  notes: ["Run the same command again to resume after an interruption; finished runs are not repeated."],
});

export type GridOptions = OptionsOf<typeof grid.flags>;
