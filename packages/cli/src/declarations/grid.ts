// The arguments and flags of `bench grid`.

import { launcherNames } from "../grid/launchers/table.ts";
import { choice, decimalNumber, declare, list, type OptionsOf, texts, toggle, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { withRecords } from "./shared.ts";
import { datasetNames, methodNames, variantNames } from "./suggestions.ts";
import { training } from "./training.ts";

/** Which methods run on which images; a sweep has these flags, too. */
export const cells = {
  methods: list(
    "names",
    "methods to run, comma-separated; 'all' for every built-in method and those of plug-ins (default: the six of the " +
      "DiffFit paper and those of plug-ins)",
    { suggestions: async () => ["all", ...(await methodNames())] },
  ),
  datasets: list(
    "names",
    "datasets to train on, comma-separated (default: every dataset that the recipe can train on)",
    { suggestions: datasetNames },
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

/** Where the runs execute, and what only clusters need. */
const launching = {
  launcher: choice("name", "where the runs execute: processes on this machine, or jobs of a cluster", {
    choices: launcherNames,
    default: "local",
  }),
  job: texts(
    "key=value",
    "what each job of the cluster gets: cells=4 (runs of one job, one after the other), cpus, gpus, memory (GiB), " +
      "time (minutes); slurm: also any option of sbatch, such as partition=gpu or hold; kubernetes: image, claim, " +
      "namespace",
  ),
  dryRun: toggle("print the script of the jobs, write nothing and submit nothing"),
  status: toggle("print the state of each run, from the queue and the files of jobs, and submit nothing"),
  wait: toggle("follow the jobs until they have ended, and write the tables"),
};

export const grid = declare({
  about: "run every combination of methods, datasets and seeds, several at the same time, and write the tables",
  flags: {
    ...cells,
    seeds: wholeNumber("number", "how many seeds, from 0", atLeast(1), { default: 1 }),
    variants: list(
      "names",
      "variants of the recipe to run beside it, comma-separated; 'none' for none (default: all that it has)",
      { suggestions: async () => ["none", ...(await variantNames())] },
    ),
    ...training,
    with: { ...withRecords, about: `for the tables: ${withRecords.about}` },
    ...limits,
    ...launching,
  },
  notes: [
    "Run the same command again to resume after an interruption; finished runs are not repeated.",
    "--job, --dry-run, --status and --wait are for clusters, where --jobs is the number of jobs at the same time; " +
      "docs/cluster.md shows how.",
  ],
});

export type GridOptions = OptionsOf<typeof grid.flags>;
