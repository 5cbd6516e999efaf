// Makes an image folder, FOLDER/CLASS/FILE, from the archives that the authors of a dataset publish.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FetchError, unpack } from "@dit-bench/fetch";
import { makeFolders, replaceFile } from "@dit-bench/files";
import { parseJson, quantity } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import type { DatasetEntry } from "../registry.ts";
import { copyFolder } from "./copy-folder.ts";
import type { AssignedImage, Layout, Unpacking } from "./layout.ts";
import { layouts } from "./layouts/index.ts";
import { MatError } from "./mat/mat-error.ts";

export interface PrepareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: "unpacking" | "sorting", done: number, total: number | undefined) => void;
  readonly onNote?: (text: string) => void;
}

export interface Prepared {
  readonly folder: string;
  readonly classes: number;
  readonly images: number;
  /** Differences from the registry, as sentences: counts, images that are listed but missing. */
  readonly surprises: readonly string[];
}

/** The file in a prepared folder that records how it was made. */
export const preparedMark = ".dit-bench.json";

/** The downloads that the prepared splits need. Throws DataError (registry) for a dataset without a layout. */
export function neededDownloads(entry: DatasetEntry): DatasetEntry["downloads"] {
  const { splits } = entry.prepared;
  const layout = layoutOf(entry);
  const used = new Set([...wantedArchives(layout, splits).map((a) => a.file), ...layout.files]);
  const wantsTest = splits.includes("all") || splits.includes("test");
  return entry.downloads.filter(({ file }) => used.has(file) && (wantsTest || !/_test_/.test(file)));
}

/** Archives that hold only test images are left out unless the test split is wanted. */
function wantedArchives({ archives }: Layout, splits: readonly string[]): readonly Unpacking[] {
  return splits.includes("all") || splits.includes("test") ? archives : archives.filter((a) => !/_test\b/.test(a.file));
}

function layoutOf({ name }: DatasetEntry): Layout {
  const layout = layouts[name];
  if (layout === undefined) throw new DataError("registry", `dataset "${name}" has no layout for its preparation`);
  return layout;
}

/**
 * Makes the image folder `to` from the downloads at the paths that `source` gives: archives, or folders that they were
 * unpacked into, which stay unchanged. A call after an interruption continues; `to` appears only once it is complete.
 * Throws ArchiveError for a damaged archive, MatError or DataError for archives with unexpected content (the work
 * folder is then deleted), and FetchError when stopped by the signal.
 */
export async function prepareDataset(
  entry: DatasetEntry,
  source: (file: string) => Promise<string>,
  to: string,
  options: PrepareOptions = {},
): Promise<Prepared> {
  if (existsSync(to))
    throw new DataError("in-the-way", `"${to}" exists, but was not prepared by bench fetch: move it away`);
  const work = `${to}.preparing`;
  try {
    return await prepareIn(work, entry, source, to, options);
  } catch (error) {
    // The user must replace an archive: what was unpacked from this one must not be taken for the next one's content.
    if (error instanceof DataError || error instanceof MatError) await rm(work, { recursive: true, force: true });
    throw error;
  }
}

/** Does the work of `prepareDataset` with unfinished files in the folder `work`, which it deletes at the end. */
async function prepareIn(
  work: string,
  entry: DatasetEntry,
  source: (file: string) => Promise<string>,
  to: string,
  options: PrepareOptions,
): Promise<Prepared> {
  const layout = layoutOf(entry);
  const { splits } = entry.prepared;
  const unpacked = join(work, "archives");
  const images = join(work, "images");
  makeFolders(unpacked);
  for (const archive of wantedArchives(layout, splits))
    await unpackOne(archive, await source(archive.file), unpacked, options);
  const files = new Map<string, string>();
  for (const file of layout.files) files.set(file, await source(file));
  const download = (file: string) => files.get(file)!;

  const assignments = await readOrMakeList(join(work, "images.json"), () => [
    ...layout.images({ unpacked, download, splits }),
  ]);
  if (assignments.length === 0) throw new DataError("no-images", `dataset "${entry.name}": no images in its archives`);
  const { missing, perClass } = await sortIntoClasses(assignments, unpacked, images, options);
  const counts = { classes: perClass.size, images: [...perClass.values()].reduce((a, b) => a + b, 0) };
  if (counts.classes < 2)
    throw new DataError(
      "no-images",
      `dataset "${entry.name}": its archives hold images of ${quantity(counts.classes, "class")}, ` +
        `expected ${entry.prepared.classes}`,
    );
  const surprises = differences(entry, counts, missing);
  const description = { version: 1, dataset: entry.name, splits, ...counts, expected: entry.prepared, surprises };
  await writeFile(join(images, preparedMark), `${JSON.stringify(description, undefined, 2)}\n`);
  await rename(images, to);
  await rm(work, { recursive: true, force: true });
  if (layout.note) options.onNote?.(layout.note);
  return { folder: to, ...counts, surprises };
}

async function unpackOne(
  { file, into, select, inner }: Unpacking,
  from: string,
  unpacked: string,
  { signal, onProgress, onNote }: PrepareOptions,
): Promise<void> {
  const target = join(unpacked, into);
  const innerTarget = join(target, "inner");
  const progress = (files: number) => onProgress?.("unpacking", files, undefined);
  const stopOptions = signal ? { signal } : {};
  if (!existsSync(target)) {
    const isFolder = (await stat(from)).isDirectory();
    onNote?.(isFolder ? `copying ${from}` : `unpacking ${file}`);
    const extract = isFolder ? copyFolder : unpack;
    const result = await extract(from, target, { select, ...stopOptions, onProgress: progress });
    if (result.files === 0) {
      await rm(target, { recursive: true });
      throw new DataError(
        "no-images",
        `"${from}" holds ${quantity(result.passedOver, "file")}, ` +
          "none of them at the expected paths: it is another archive",
      );
    }
  }
  if (inner && !existsSync(innerTarget))
    await unpack(join(target, inner.path), innerTarget, { select: inner.select, ...stopOptions, onProgress: progress });
}

/** Reads the saved list, or makes and saves it before the first image is moved out of the unpacked folders. */
async function readOrMakeList(path: string, list: () => AssignedImage[]): Promise<AssignedImage[]> {
  const digestOf = (images: unknown) => createHash("sha256").update(JSON.stringify(images)).digest("hex");
  if (existsSync(path)) {
    try {
      const { images, digest } = parseJson(await readFile(path, "utf8")) as {
        images: AssignedImage[];
        digest: string;
      };
      if (digest === digestOf(images)) return images;
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    }
    // `prepareDataset` deletes the work folder after a DataError.
    throw new DataError("labels", `"${path}" is damaged: its folder is deleted, run the same command again`);
  }
  const images = list();
  await replaceFile(path, JSON.stringify({ images, digest: digestOf(images) }));
  return images;
}

/** Moves each image into the folder of its class. Images moved by an earlier, interrupted call count as moved. */
async function sortIntoClasses(
  assignments: readonly AssignedImage[],
  unpacked: string,
  images: string,
  { signal, onProgress }: PrepareOptions,
) {
  const missing: string[] = [];
  const perClass = new Map<string, number>();
  const targets = new Set<string>(); // in lower case: file systems may not tell case apart
  for (const [i, { from, className }] of assignments.entries()) {
    if (signal?.aborted) throw new FetchError("interrupted", "stopped while sorting; the same command continues there");
    if (className === "") throw new DataError("labels", `"${from}" has a class without a name`);
    const target = join(images, className, basename(from));
    const key = `${className}/${basename(from)}`.toLowerCase();
    if (targets.has(key)) throw new DataError("labels", `"${from}": another image is already named "${key}"`);
    targets.add(key);
    if (!perClass.has(className)) makeFolders(dirname(target));
    if (await move(join(unpacked, from), target)) perClass.set(className, (perClass.get(className) ?? 0) + 1);
    else missing.push(from);
    onProgress?.("sorting", i + 1, assignments.length);
  }
  return { missing, perClass };
}

/** Moves an image. Returns false if the image is neither at `from` nor, after an earlier call, at `to`. */
async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return existsSync(to);
  }
}

function differences(
  { prepared }: DatasetEntry,
  counts: { readonly classes: number; readonly images: number },
  missing: readonly string[],
): string[] {
  const surprises: string[] = [];
  for (const what of ["classes", "images"] as const)
    if (counts[what] !== prepared[what]) surprises.push(`found ${counts[what]} ${what}, expected ${prepared[what]}`);
  if (missing.length > 0)
    surprises.push(
      `${quantity(missing.length, "image")} listed but not in the archives, such as ` +
        `${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`,
    );
  return surprises;
}
