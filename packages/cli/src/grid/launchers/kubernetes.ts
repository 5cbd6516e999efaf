// The launcher `kubernetes`: writes the manifest of an Indexed Job for the cells that have no record. It submits
// nothing and asks no cluster, so it cannot know whether an earlier job still runs; a cell's lock keeps two jobs apart.

import { isAbsolute, join, normalize } from "node:path";
import { replaceFile } from "@dit-bench/files";
import { BenchError } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable, quantity } from "@dit-bench/text";
import { print, printNote } from "../../print.ts";
import { makePlan, type PlannedCell, plannedCells, submissionFolder, writePlan } from "../jobs/plan.ts";
import { printStates } from "../jobs/print-states.ts";
import { readJobSettings, unknownKey } from "../jobs/settings.ts";
import { describeCounts, isToBeSubmitted, statesOf } from "../jobs/states.ts";
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
    const states = await statesOf(folder, cells, () => undefined);
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
    const path = join(submissionFolder(plan), "job.yaml");
    await writePlan(plan);
    await replaceFile(path, manifest);
    print(`${printable(path)}\n`);
    printNote(
      `${describeCounts(states)}. Nothing is submitted yet: 'kubectl apply -f ${printable(path)}' submits ` +
        `${quantity(missing.length, "cell")}, with the current folder as the root of the volume. If an earlier Job ` +
        `still runs, delete it first: 'kubectl delete job ${manifestName({ id: "ID" })}'\n`,
    );
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

/** Flags of a cell with paths that the containers read or write. */
const pathFlags = ["--out", "--data", "--plugin", "--recipe", "--rates", "--tensorboard"];

/** Throws BenchError (usage) for a path outside the current folder, which the containers do not have. */
function checkPaths({ arguments: args }: PlannedCell): void {
  for (const [i, flag] of args.entries()) {
    const value = args[i + 1] ?? "";
    if (pathFlags.includes(flag) && (isAbsolute(value) || normalize(value).startsWith("..")))
      throw new BenchError(
        "usage",
        `${flag} ${printable(value)}: the containers have only the current folder; give a path below it`,
      );
  }
}
