// Finds the folders whose records `bench table` and `bench report` read, and where they write.

import { stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
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
  const what = options.from ? `--from ${printable(options.from)}` : `results/${options.recipe}`;
  await requireFolder(
    from,
    what,
    `make records with 'bench grid --recipe ${options.recipe}', then 'bench ${command} --from runs'`,
  );
  return from;
}

/**
 * The folder of `--out`, or else that of the records. An installed package belongs to the package manager: what is made
 * from its published records goes to `results/NAME` of the current folder.
 *
 * @param from what `recordsFolder` returns
 */
export function outputFolder(
  options: { readonly recipe: string; readonly from: string | undefined; readonly out: string | undefined },
  from: string,
  project = projectFolder(),
): string {
  if (options.out !== undefined) return resolve(options.out);
  const isInstalled = resolve(project).split(sep).includes("node_modules");
  return options.from === undefined && isInstalled ? resolve("results", options.recipe) : from;
}

/** Checks the folders of `--with`. Throws BenchError (data). */
export async function requireFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders)
    await requireFolder(folder, `--with ${printable(folder)}`, "give a folder with records, such as results/mini");
}

async function requireFolder(folder: string, what: string, advice: string): Promise<void> {
  const status = await stat(folder).catch(() => undefined);
  if (status?.isDirectory()) return;
  const problem = status ? "it is a file, expected a folder" : "there is no such folder";
  throw new BenchError("data", `${what}: ${problem}; ${advice}`);
}
