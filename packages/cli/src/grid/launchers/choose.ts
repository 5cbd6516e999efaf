// Finds the launcher of a name, and checks which flags it takes.

import { BenchError } from "@dit-bench/runner";
import type { Launcher, LauncherFlag, LauncherOptions } from "./launcher.ts";
import { launcherNames, launchers } from "./table.ts";

/** The flags of `LauncherFlag` as they are written. */
const written: Readonly<Record<LauncherFlag, string>> = {
  job: "--job",
  dryRun: "--dry-run",
  status: "--status",
  wait: "--wait",
};

/** The launcher of a name; undefined for a name that is not in the table. */
export async function launcherNamed(name: string): Promise<Launcher | undefined> {
  const known = launcherNames.find((one) => one === name);
  return known && launchers[known]();
}

/** The launcher that the options name. Throws BenchError (usage) for flags that it does not take, and for values. */
export async function chooseLauncher(
  options: LauncherOptions & { readonly launcher: keyof typeof launchers },
): Promise<Launcher> {
  const launcher = await launchers[options.launcher]();
  const given = (Object.keys(written) as LauncherFlag[]).filter((flag) =>
    flag === "job" ? options.job.length > 0 : options[flag],
  );
  const wrong = given.find((flag) => !launcher.flags.includes(flag));
  if (wrong !== undefined) {
    const all = await Promise.all(launcherNames.map((name) => launchers[name]()));
    const takers = all.filter(({ flags }) => flags.includes(wrong)).map(({ name }) => name);
    throw new BenchError(
      "usage",
      `${written[wrong]} is not for --launcher ${launcher.name}; ` +
        `leave it out, or choose --launcher ${takers.join(" or ")}`,
    );
  }
  const [first, second] = given.filter((flag) => flag !== "job");
  if (first !== undefined && second !== undefined)
    throw new BenchError("usage", `${written[first]} and ${written[second]} exclude each other; give one`);
  launcher.check?.(options);
  return launcher;
}
