// Writes the tables of a grid after its cells have ended.

import { exitCodes } from "@dit-bench/runner/errors";
import { reportError } from "../report-error.ts";
import type { LauncherOptions } from "./launchers/launcher.ts";

/**
 * Writes the tables and returns the exit code. An error is reported here and not thrown, so that it does not replace
 * the exit code for failed cells.
 */
export async function writeGridTables(
  folder: string,
  { json, with: others }: Pick<LauncherOptions, "json" | "with">,
): Promise<number> {
  try {
    const { writeTables } = await import("../commands/table.ts"); // its charts take long to load
    const damaged = await writeTables(folder, folder, json, { others });
    return damaged ? exitCodes.someCellsFailed : exitCodes.ok;
  } catch (error) {
    return reportError(error, false);
  }
}
