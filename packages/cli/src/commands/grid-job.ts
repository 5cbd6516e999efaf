// `bench grid-job`: runs one job of a grid's plan, inside a cluster.

import { BenchError } from "@dit-bench/runner";
import { printable, quantity } from "@dit-bench/text";
import type { GridJobOptions } from "../declarations/grid-job.ts";
import { readPlan } from "../grid/jobs/plan.ts";
import { runJob } from "../grid/jobs/run-job.ts";
import { launcherNamed } from "../grid/launchers/choose.ts";

export async function gridJob(path: string, options: GridJobOptions): Promise<void> {
  const plan = await readPlan(path);
  const side = (await launcherNamed(plan.launcher))?.job;
  if (side === undefined)
    throw new BenchError("usage", `${printable(path)}: launcher '${printable(plan.launcher)}' has no jobs`);
  const index = options.index ?? side.index(process.env);
  if (index === undefined)
    throw new BenchError("usage", "--index is needed: no variable of a cluster names the number of this job");
  const cells = plan.jobs[index];
  if (cells === undefined)
    throw new BenchError("usage", `--index is ${index}; ${printable(path)} has ${quantity(plan.jobs.length, "job")}`);
  process.exitCode = await runJob({ plan, cells, side, threads: options.threads ?? side.cpus?.(process.env) });
}
