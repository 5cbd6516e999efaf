// Writes an export into a folder. All files get temporary names first and are renamed when the last one is complete. A
// hidden list in the folder names them, so that a later export replaces these files and no others.

import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeLeftovers, replaceFileSync, temporaryName } from "@dit-bench/files";
import { parseJson, printable, quantity } from "@dit-bench/text";
import { z } from "zod";
import { BenchError } from "../errors.ts";
import { makeFolder } from "../storage/make-folder.ts";
import type { ExportFile } from "./format.ts";

const listName = ".bench-export.json";

const list = z.strictObject({
  version: z.literal(1),
  command: z.literal("bench export"),
  /** Plain names: the list is not trusted with files elsewhere. */
  files: z.array(z.string().regex(/^[^/\\:\0.][^/\\:\0]*$/)),
});

/**
 * Throws BenchError (usage) if the folder has files, unless they are those of an earlier export and may be replaced.
 *
 * @returns names of the files of the earlier export
 */
export function checkFolder(folder: string, overwrite: boolean): readonly string[] {
  const own = readList(folder);
  const found = visibleNames(folder);
  const [first] = found;
  if (first === undefined) return own ?? [];
  const many = found.length > 1 ? `${quantity(found.length, "file")}, such as ` : "";
  const holds = `it holds ${many}${printable(first)}`;
  if (own === undefined)
    throw refusal(folder, `${holds}, which 'bench export' did not write`, "choose another --output");
  if (!overwrite)
    throw refusal(
      folder,
      `${holds}, and an earlier 'bench export' wrote into it`,
      "choose another --output, or add --overwrite to replace the files of that export",
    );
  return own;
}

/** Writes the files and removes those of the earlier export that are not among them. */
export function writeFiles(folder: string, files: readonly ExportFile[], earlier: readonly string[]): void {
  const names = files.map(({ name }) => name);
  const foreign = names.find((name) => existsSync(join(folder, name)) && !earlier.includes(name));
  if (foreign !== undefined)
    throw refusal(
      folder,
      `it holds ${printable(foreign)}, which 'bench export' did not write and would replace`,
      "choose another --output, or move that file away",
    );
  makeFolder(folder, "--output");
  removeLeftovers(folder);
  const staged = files.map((file) => ({ ...file, temporary: temporaryName(join(folder, file.name)) }));
  try {
    for (const { write, temporary } of staged) write(temporary);
    writeList(folder, [...new Set([...earlier, ...names])]);
    for (const { name, temporary } of staged) renameSync(temporary, join(folder, name));
  } catch (error) {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    throw error;
  }
  for (const name of earlier) if (!names.includes(name)) rmSync(join(folder, name), { force: true });
  writeList(folder, names);
}

const refusal = (folder: string, problem: string, remedy: string) =>
  new BenchError("usage", `--output ${printable(folder)}: ${problem}; ${remedy}`);

const visibleNames = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !name.startsWith("."))
        .sort()
    : [];

/** Undefined if the list is missing, damaged or of another program. */
function readList(folder: string): readonly string[] | undefined {
  try {
    return list.safeParse(parseJson(readFileSync(join(folder, listName), "utf8"))).data?.files;
  } catch {
    return undefined;
  }
}

const writeList = (folder: string, files: readonly string[]): void => {
  const content = { version: 1, command: "bench export", files: [...files] } satisfies z.input<typeof list>;
  replaceFileSync(join(folder, listName), [Buffer.from(`${JSON.stringify(content, null, 2)}\n`)]);
};
