// The table of launchers.

import { BenchError } from "../errors.ts";
import type { Launcher } from "./launcher.ts";
import { local } from "./local.ts";

export const launchers: readonly Launcher[] = [local];

/** The launcher of a name. Throws BenchError (usage) for an unknown name. */
export function launcherNamed(name: string, table: readonly Launcher[] = launchers): Launcher {
  const found = table.find((launcher) => launcher.name === name);
  if (found) return found;
  throw new BenchError("usage", `launcher '${name}' is not known; available: ${table.map((l) => l.name).join(", ")}`);
}
