// Finds the folder whose records `bench table` and `bench report` read.

import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BenchError, projectFolder } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/**
 * The folder of `--from`, or else that of the recipe's published records. Throws BenchError (data) if there is no such
 * folder.
 */
export async function recordsFolder(
  options: { readonly recipe: string; readonly from: string | undefined },
  command: "table" | "report",
): Promise<string> {
  const published = join(projectFolder(), "results", options.recipe);
  const from = options.from ? resolve(options.from) : published;
  const status = await stat(from).catch(() => undefined);
  if (status?.isDirectory()) return from;
  const what = options.from ? `--from ${printable(options.from)}` : `results/${options.recipe}`;
  throw new BenchError(
    "data",
    `${what}: ${status ? "it is a file, expected a folder" : "there is no such folder"}; ` +
      `make records with 'bench grid --recipe ${options.recipe}', then 'bench ${command} --from runs'`,
  );
}
