// The arguments and flags of `bench grid-job`.

import { argument, declare, type OptionsOf, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { computing } from "./shared.ts";

export const gridJob = declare({
  about: "run one job of a grid's plan, inside a cluster: the jobs of 'bench grid --launcher …' call it",
  arguments: { plan: argument("the plan that 'bench grid --launcher …' wrote: OUT/PROTOCOL/jobs/ID/plan.json") },
  flags: {
    index: wholeNumber(
      "number",
      "which job of the plan, from 0 (default: what the cluster's variables name)",
      atLeast(0),
    ),
    threads: computing.threads,
  },
  notes: [
    "In a queue without a launcher, submit an array of jobs that call it with --index. Exit code 75: the runs were " +
      "stopped where they can resume; start the job again. Exit codes 2, 4 and 5: it would fail again.",
  ],
});

export type GridJobOptions = OptionsOf<typeof gridJob.flags>;
