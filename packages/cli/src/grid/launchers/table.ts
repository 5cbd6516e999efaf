// The launchers, one line each. The code of a launcher is loaded when it is chosen, so that the help is quick.

import type { Launcher } from "./launcher.ts";

export const launchers = {
  local: async () => (await import("./local.ts")).local,
  kubernetes: async () => (await import("./kubernetes.ts")).kubernetes,
  slurm: async () => (await import("./slurm.ts")).slurm,
} as const satisfies Record<string, () => Promise<Launcher>>;

export const launcherNames = Object.keys(launchers) as (keyof typeof launchers)[];
