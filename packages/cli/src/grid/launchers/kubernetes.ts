// The launcher `kubernetes`: writes the manifest of an Indexed Job for the cells that no job has finished. It submits
// nothing and asks no cluster, so it cannot know whether an earlier job still runs; a cell's lock keeps two jobs apart.

import { isAbsolute, join } from "node:path";
import { pathBelow, replaceFile } from "@dit-bench/files";
import { RecordError } from "@dit-bench/record";
import { BenchError } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable, quantity, quoteForShell } from "@dit-bench/text";
import { print, printNote } from "../../print.ts";
import {
  makePlan,
  type PlannedCell,
  planPath,
  readPlan,
  submissionFolder,
  submissionIds,
  writePlan,
} from "../jobs/plan.ts";
import { pathsIn, plannedCells } from "../jobs/planned-cells.ts";
import { printStates } from "../jobs/print-states.ts";
import { readJobSettings, unknownKey } from "../jobs/settings.ts";
import { type CellStatus, describeCounts, isToBeSubmitted, statesOf } from "../jobs/states.ts";
import { jobManifest, type ManifestOptions, manifestName } from "../kubernetes/manifest.ts";
import { writeGridTables } from "../write-tables.ts";
import type { Launcher } from "./launcher.ts";

export const kubernetes: Launcher = {
  name: "kubernetes",
  flags: ["job", "dryRun", "status"],
  isHere: false,

  check: ({ job, status }) => void (status || readSettings(job)),

  async launch(grid) {
    const { folder, options, factors } = grid;
    const cells = plannedCells(grid);
    const states = await statesOf(folder, cells, undefined);
    if (options.status) return printStates(states, options.json);
    const settings = readSettings(options.job);
    cells.forEach(checkPaths);
    const missing = states.filter(isToBeSubmitted).map(({ cell }) => cell);
    if (missing.length === 0) return writeGridTables(folder, options);
    const plan = makePlan(grid, kubernetes.name, missing, settings.cells);
    const manifest = jobManifest({ plan, settings, atOnce: options.jobs, factors });
    if (options.dryRun) {
      print(manifest);
      return exitCodes.ok;
    }
    const earlier = await earlierSubmissions(folder, missing);
    const path = join(submissionFolder(plan), "job.json");
    await writePlan(plan);
    await replaceFile(path, manifest);
    print(`${printable(path)}\n`);
    printNote(
      `${describeCounts(states)}. Nothing is submitted yet. To submit ${quantity(missing.length, "cell")}, with the ` +
        `current folder as the root of the volume: kubectl apply -f ${quoteForShell(printable(path))}\n`,
    );
    if (earlier.length > 0) printNote(`${describeEarlier(earlier, states.filter(isRunning), settings.namespace)}\n`);
    return exitCodes.ok;
  },

  job: {
    index: ({ JOB_COMPLETION_INDEX: index }) => (index === undefined ? undefined : Number(index)),
  },
};

const own = ["image", "claim", "namespace"] as const;

/** Throws BenchError (usage) for settings that are not known, or that a manifest needs and that are missing. */
function readSettings(job: readonly string[]): ManifestOptions["settings"] {
  const settings = readJobSettings(job, (key, _, flag) => {
    if (!(own as readonly string[]).includes(key)) throw unknownKey(flag, own.join(", "));
  });
  const [image, claim, namespace] = own.map((key) => settings.own.get(key));
  if (image === undefined)
    throw new BenchError("usage", "--job image=NAME is needed: the image made from tools/container/Containerfile");
  if (claim === undefined)
    throw new BenchError("usage", "--job claim=NAME is needed: the PersistentVolumeClaim of the current folder");
  return { ...settings, image, claim, ...(namespace === undefined ? {} : { namespace }) };
}

const isRunning = ({ state }: CellStatus): boolean => state === "running";

/** The earlier submissions that have some of these cells. */
async function earlierSubmissions(folder: string, missing: readonly PlannedCell[]): Promise<string[]> {
  const keys = new Set(missing.map(({ key }) => key));
  const found: string[] = [];
  for (const id of await submissionIds(folder))
    try {
      const { launcher, jobs } = await readPlan(planPath({ folder, id }));
      if (launcher === kubernetes.name && jobs.flat().some(({ key }) => keys.has(key))) found.push(id);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error; // a damaged plan has no job that could still run
    }
  return found.sort();
}

/** How to keep an earlier Job, which may still run, apart from the new one. */
function describeEarlier(
  earlier: readonly string[],
  running: readonly CellStatus[],
  namespace: string | undefined,
): string {
  const command = ["kubectl", "delete", "job", ...earlier.map(manifestName)];
  if (namespace !== undefined) command.push("--namespace", namespace);
  const [first] = running;
  const state =
    first &&
    `; by what their jobs wrote last, ${quantity(running.length, "cell")} ${running.length === 1 ? "runs" : "run"}: ` +
      `${printable(first.cell.name)} ${printable(first.detail)}`;
  return (
    `earlier manifests have some of these cells, too${state ?? ""}. Wait for their Jobs, or delete them first: ` +
    command.map(quoteForShell).join(" ")
  );
}

/** Throws BenchError (usage) for a path outside the current folder, which the containers do not have. */
function checkPaths({ arguments: args }: PlannedCell): void {
  for (const { flag, value } of pathsIn(args))
    if (isAbsolute(value) || pathBelow(".", value) === undefined)
      throw new BenchError(
        "usage",
        `${flag} ${printable(value)}: the containers have only the current folder; give a path below it`,
      );
}
