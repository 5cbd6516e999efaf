// The launchers by name. To add one, add a file to this folder and a line to table.ts.

import { BenchError } from "../errors.ts";
import type { Launcher } from "./launcher.ts";
import * as table from "./table.ts";

export const launchers: readonly Launcher[] = Object.values(table);

/** The launcher of a name. Throws BenchError (usage) for an unknown name. */
export function findLauncher(name: string, known: readonly Launcher[] = launchers): Launcher {
  const found = known.find((launcher) => launcher.name === name);
  if (found) return found;
  throw new BenchError("usage", `launcher '${name}' is not known; available: ${known.map((l) => l.name).join(", ")}`);
}
