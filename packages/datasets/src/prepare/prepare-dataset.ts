// A dataset from its authors' archives to an image folder: FOLDER/CLASS/FILE.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FetchError, unpack } from "@dit-bench/fetch";
import { makeFolders, replaceFile } from "@dit-bench/files";
import { quantity } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import type { DatasetEntry } from "../registry.ts";
import type { Assigned, Layout, Unpacking } from "./layout.ts";
import { layouts } from "./layouts.ts";
import { MatError } from "./mat/mat-error.ts";
import { takeFolder } from "./take-folder.ts";

export interface PrepareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: "unpacking" | "sorting", done: number, total: number | undefined) => void;
  readonly onNote?: (text: string) => void;
}

export interface Prepared {
  readonly folder: string;
  readonly classes: number;
  readonly images: number;
  /** What is not as expected; empty where all is. */
  readonly surprises: readonly string[];
}

/** Says in a dataset's folder what was made of which files. */
export const preparedMark = ".dit-bench.json";

/** The downloads that are needed for the splits that are wanted. */
export function neededDownloads(entry: DatasetEntry): DatasetEntry["downloads"] {
  const { splits } = entry.prepared;
  const layout = layoutOf(entry);
  const used = new Set([...wantedArchives(layout, splits).map((a) => a.file), ...layout.files]);
  const test = splits.includes("all") || splits.includes("test");
  return entry.downloads.filter(({ file }) => used.has(file) && (test || !/_test_/.test(file)));
}

/** Archives of the test images alone are not needed for other splits. */
function wantedArchives({ archives }: Layout, splits: readonly string[]): readonly Unpacking[] {
  return splits.includes("all") || splits.includes("test") ? archives : archives.filter((a) => !/_test\b/.test(a.file));
}

function layoutOf({ name }: DatasetEntry): Layout {
  const layout = layouts[name];
  if (layout === undefined) throw new DataError("registry", `dataset "${name}": nobody wrote how it is prepared`);
  return layout;
}

/**
 * Makes the image folder `to` from the downloads that `source` gives the paths of: archives, or folders that somebody unpacked
 * them into, which stay as they are. Archives that were unpacked before an interruption are not unpacked again, and `to` appears
 * when it is whole. Throws ArchiveError for a damaged archive; MatError and DataError for archives that are not what they should
 * be, of which nothing is kept; FetchError where it is stopped.
 */
export async function prepareDataset(
  entry: DatasetEntry,
  source: (file: string) => Promise<string>,
  to: string,
  options: PrepareOptions = {},
): Promise<Prepared> {
  if (existsSync(to)) throw new DataError("in-the-way", `"${to}" is there, but was not prepared here: move it away`);
  const work = `${to}.preparing`;
  try {
    return await prepareIn(work, entry, source, to, options);
  } catch (error) {
    // Other archives are wanted than these: what was unpacked of them must not stand in for those that come next.
    if (error instanceof DataError || error instanceof MatError) await rm(work, { recursive: true, force: true });
    throw error;
  }
}

/** The same; what is half done lies in `work`. */
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

  const wanted = await listOnce(join(work, "images.json"), () => [...layout.images({ unpacked, download, splits })]);
  if (wanted.length === 0) throw new DataError("no-images", `dataset "${entry.name}": no images in its archives`);
  const { missing, perClass } = await sort(wanted, unpacked, images, options);
  const found = { classes: perClass.size, images: [...perClass.values()].reduce((a, b) => a + b, 0) };
  if (found.classes < 2)
    throw new DataError(
      "no-images",
      `dataset "${entry.name}": its archives hold images of ${quantity(found.classes, "class")}, expected ${entry.prepared.classes}`,
    );
  const surprises = compare(entry, found, missing);
  const about = { version: 1, dataset: entry.name, splits, ...found, expected: entry.prepared, surprises };
  await writeFile(join(images, preparedMark), `${JSON.stringify(about, undefined, 2)}\n`);
  await rename(images, to);
  await rm(work, { recursive: true, force: true });
  if (layout.note) options.onNote?.(layout.note);
  return { folder: to, ...found, surprises };
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
  const stop = signal ? { signal } : {};
  if (!existsSync(target)) {
    const isFolder = (await stat(from)).isDirectory();
    onNote?.(isFolder ? `taking ${from}` : `unpacking ${file}`);
    const take = isFolder ? takeFolder : unpack;
    const done = await take(from, target, { select, ...stop, onProgress: progress });
    if (done.files === 0) {
      await rm(target, { recursive: true });
      throw new DataError(
        "no-images",
        `"${from}" holds ${quantity(done.passedOver, "file")}, none of them where they are wanted: it is another one`,
      );
    }
  }
  if (inner && !existsSync(innerTarget))
    await unpack(join(target, inner.path), innerTarget, { select: inner.select, ...stop, onProgress: progress });
}

/** The list is made before the first image is moved: afterwards the unpacked folders no longer show it. */
async function listOnce(path: string, list: () => Assigned[]): Promise<Assigned[]> {
  const digest = (wanted: unknown) => createHash("sha256").update(JSON.stringify(wanted)).digest("hex");
  if (existsSync(path)) {
    try {
      const { images, digest: kept } = JSON.parse(await readFile(path, "utf8")) as {
        images: Assigned[];
        digest: string;
      };
      if (kept === digest(images)) return images;
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    }
    // `prepareDataset` deletes the folder of half-done work.
    throw new DataError("labels", `"${path}" is damaged: its folder is deleted, run the same command again`);
  }
  const images = list();
  await replaceFile(path, JSON.stringify({ images, digest: digest(images) }));
  return images;
}

/** Moves each image into its class's folder. What an earlier, interrupted call moved is found there. */
async function sort(
  wanted: readonly Assigned[],
  unpacked: string,
  images: string,
  { signal, onProgress }: PrepareOptions,
) {
  const missing: string[] = [];
  const perClass = new Map<string, number>();
  const taken = new Set<string>();
  for (const [i, { from, className }] of wanted.entries()) {
    if (signal?.aborted) throw new FetchError("interrupted", "stopped while sorting; the same command goes on there");
    if (className === "") throw new DataError("labels", `"${from}" has a class without a name`);
    const target = join(images, className, basename(from));
    const key = `${className}/${basename(from)}`.toLowerCase();
    if (taken.has(key)) throw new DataError("labels", `"${from}": another image is already called "${key}"`);
    taken.add(key);
    if (!perClass.has(className)) makeFolders(dirname(target));
    if (await moved(join(unpacked, from), target)) perClass.set(className, (perClass.get(className) ?? 0) + 1);
    else missing.push(from);
    onProgress?.("sorting", i + 1, wanted.length);
  }
  return { missing, perClass };
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return existsSync(to);
  }
}

function compare(
  { prepared }: DatasetEntry,
  found: { readonly classes: number; readonly images: number },
  missing: readonly string[],
): string[] {
  const surprises: string[] = [];
  for (const what of ["classes", "images"] as const)
    if (found[what] !== prepared[what])
      surprises.push(`${found[what]} ${what} were found, ${prepared[what]} are expected`);
  if (missing.length > 0)
    surprises.push(
      `listed and not in the archives: ${quantity(missing.length, "image")}, such as ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`,
    );
  return surprises;
}
