// A folder that a command fills with images. They must not mix with images of an earlier call or of the user, because a
// measurement of the folder would include both. A hidden manifest in the folder lists the files of the command, so that
// it can write them again or remove them.

import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { replaceFile } from "@dit-bench/files";
import { parseJson, printable } from "@dit-bench/text";
import { z } from "zod";
import { BenchError } from "../errors.ts";

export interface OutputFolder {
  readonly folder: string;
  /** The command that fills the folder. Its manifest is named after it. */
  readonly command: "sample" | "vae decode";
  /** Files to write, relative to the folder. */
  readonly files: readonly string[];
  /** Files to write beside the folder, such as its contact sheet, relative to the working directory. */
  readonly beside?: readonly string[];
  /** The settings that decide the content of the files. Files with the same settings may be written again. */
  readonly made: Readonly<Record<string, unknown>>;
  /** Remove the files of an earlier call. */
  readonly overwrite?: boolean;
}

const manifest = z.strictObject({
  version: z.literal(1),
  command: z.string(),
  made: z.record(z.string(), z.unknown()),
  files: z.array(z.string()),
  beside: z.array(z.string()),
});
type Manifest = z.infer<typeof manifest>;

/** The name of a command's manifest. */
export const manifestName = (command: OutputFolder["command"]): string => `.bench-${command.replace(" ", "-")}.json`;

/**
 * Claims a folder for these files: writes the manifest and, with `overwrite`, removes the files of an earlier call.
 *
 * @throws BenchError (usage) if other files in the folder would mix with these, or would be lost
 */
export async function claimFolder(task: OutputFolder): Promise<void> {
  const { folder, command, files, beside = [], made, overwrite = false } = task;
  const path = join(folder, manifestName(command));
  const next: Manifest = {
    version: 1,
    command: `bench ${command}`,
    made: JSON.parse(JSON.stringify(made)),
    files: [...files],
    beside: beside.map((file) => relative(resolve(folder), resolve(file))),
  };
  const previous = readManifest(path);
  const ownFiles = new Set(previous?.files.filter(isInside) ?? []);
  const foreign = [
    ...imagesOrFolders(folder, ownFiles),
    ...files.filter((file) => existsSync(join(folder, file)) && !ownFiles.has(normal(file))),
  ];
  if (foreign.length > 0)
    throw refusal(
      folder,
      `it holds ${listed(foreign)}, which 'bench ${command}' did not write`,
      "choose another --output",
    );
  const overwritten = next.beside.find((file) => existsSync(join(folder, file)) && !previous?.beside.includes(file));
  if (overwritten !== undefined && !overwrite)
    throw refusal(
      folder,
      `${printable(join(folder, overwritten))} exists already, and another call or another program wrote it`,
      "delete it, choose another --output, or add --overwrite",
    );
  const kept = [...ownFiles].filter((file) => isFile(join(folder, file)));
  const same = previous && JSON.stringify({ ...previous, beside: [] }) === JSON.stringify({ ...next, beside: [] });
  // A single file of the same name is replaced like any output file. Of several files, old and new ones could mix.
  const replaced = kept.length === 1 && files.length === 1 && normal(files[0]!) === kept[0];
  if (kept.length > 0 && !same && !replaced) {
    if (!overwrite)
      throw refusal(
        folder,
        `it holds ${listed(kept)} of an earlier 'bench ${command}' with other settings`,
        "choose another --output, or add --overwrite to replace them",
      );
    removeFiles(folder, kept);
  }
  await replaceFile(path, `${JSON.stringify(next, null, 2)}\n`);
}

const refusal = (folder: string, problem: string, remedy: string) =>
  new BenchError("usage", `--output ${printable(folder)}: ${problem}; ${remedy}`);

/** @returns undefined if the manifest is missing, damaged or of another program */
function readManifest(path: string): Manifest | undefined {
  try {
    return manifest.safeParse(parseJson(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Manifests are not trusted: only files inside the folder count as files of the command. */
const isInside = (file: string): boolean =>
  !isAbsolute(file) &&
  !/[\\:\0]/.test(file) &&
  file.split("/").every((part) => part !== "" && part !== "." && part !== "..");

const normal = (file: string): string => file.split(sep).join("/");

/** Images that are not the command's own, and folders with any other content. Files of other types are harmless. */
function imagesOrFolders(folder: string, own: ReadonlySet<string>, below = ""): string[] {
  const entries = existsSync(folder) ? readdirSync(join(folder, below), { withFileTypes: true }) : [];
  return entries.flatMap((entry) => {
    if (entry.name.startsWith(".")) return [];
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(join(folder, path)));
    if (!isFolder) return own.has(path) || !imageEnding.test(path) ? [] : [path];
    const hasOwnFiles = [...own].some((file) => file.startsWith(`${path}/`));
    return hasOwnFiles ? imagesOrFolders(folder, own, path) : [`${path}/`];
  });
}

const leadsToFolder = (link: string): boolean => statSync(link, { throwIfNoEntry: false })?.isDirectory() ?? false;

const imageEnding = /\.(jpe?g|jpe|jfif|png|webp|gif|avif|bmp|heic|heif|jp2|jxl|tiff?)$/i;

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Removes the files, and then the folders that are empty. */
function removeFiles(folder: string, files: readonly string[]): void {
  for (const file of files) rmSync(join(folder, file));
  const inside = new Set(files.map((file) => dirname(file)).filter((name) => name !== "."));
  for (const name of [...inside].sort().reverse())
    try {
      rmdirSync(join(folder, name));
    } catch {} // not empty, or already removed
}

function listed(names: readonly string[]): string {
  const [first = ""] = names;
  return names.length === 1 ? printable(first) : `${names.length} files or folders, such as ${printable(first)}`;
}
