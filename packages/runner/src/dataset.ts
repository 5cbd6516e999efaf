// The images of a run: a miniature, or a folder of the user's.

import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import {
  drawMiniature,
  findDataset,
  fitsInMemory,
  listImages,
  loadFolder,
  type Miniature,
  miniatures,
  type PictureBytes,
  storeFolder,
} from "@dit-bench/datasets";
import { shown } from "@dit-bench/files";
import { datasetEntries } from "./dataset-entries.ts";
import { BenchError } from "./errors.ts";
import type { Listener } from "./events.ts";
import { fetched } from "./fetched.ts";
import type { Recipe } from "./recipe.ts";

export interface DatasetChoice {
  /** Short name: `flowers`. */
  readonly name: string;
  /** Folder of images with one subfolder a class, in place of the miniature. */
  readonly folder?: string;
  /** Stop at the first image that cannot be used, instead of leaving it out. */
  readonly strict?: boolean;
}

export interface Dataset {
  readonly name: string;
  readonly title: string;
  readonly source: "miniature" | "dataset" | "folder";
  readonly classes: readonly string[];
  readonly size: number;
  /** RGB, [N, size, size, 3]. */
  readonly pixels: PictureBytes;
  readonly labels: Int32Array;
  readonly fingerprint: string;
  readonly skipped: number;
  /** Lets go of the file that the pictures are in, where they are in one. */
  close?(): void;
}

/** How a cell's folder calls its dataset: `flowers`, or `flowers-from-my-photos`. */
export const datasetSlug = ({ name, folder }: DatasetChoice): string =>
  folder ? `${name}-from-${basename(resolve(folder)).replaceAll(/[^\w-]+/g, "-")}` : name;

/**
 * @param side of the pictures, in pixels
 * @param out folder that holds all runs: pictures too many for memory are kept in it
 */
export async function loadDataset(
  choice: DatasetChoice,
  recipe: Recipe,
  side: number,
  out: string,
  listener: Listener,
): Promise<Dataset> {
  const entry = findDataset(datasetEntries(), choice.name);
  const { data } = recipe.settings;
  if (choice.folder === undefined && recipe.settings.miniature) {
    const miniature = miniatures.find((m) => m.name === entry.miniature)!;
    const { perClass, seed } = data;
    if (perClass === undefined || seed === undefined)
      throw new BenchError(
        "usage",
        `recipe ${recipe.settings.name}: its data has no perClass or no seed; miniatures need both`,
      );
    return {
      title: entry.title,
      source: "miniature",
      skipped: 0,
      ...drawn(miniature, { perClass, seed }, side),
    };
  }
  const folder = choice.folder ?? fetchedDataset(entry.name);
  const options = {
    size: side,
    strict: choice.strict ?? false,
    onProgress: (done: number, total: number) => listener.progress?.(done, total, "images"),
  };
  const count = listImages(folder).classes.reduce((sum, { files }) => sum + files.length, 0);
  const set = fitsInMemory(count, side)
    ? await loadFolder(folder, options)
    : await storeFolder(folder, join(out, "pictures"), {
        ...options,
        onNote: (text) => listener.note?.(text),
        stopping: listener.stopping,
      });
  for (const { file, reason } of set.skipped) listener.note?.(`left out ${file}: ${reason}`);
  const { classes, size, pixels, labels, fingerprint, skipped } = set;
  return {
    name: entry.name,
    // A folder of the user's is not the dataset whose name it goes under.
    title: choice.folder === undefined ? entry.title : `own images, ${shown(basename(resolve(choice.folder)))}`,
    source: choice.folder === undefined ? "dataset" : "folder",
    classes,
    size,
    pixels,
    labels,
    fingerprint,
    skipped: skipped.filter(({ harmless }) => !harmless).length,
    ...("close" in set ? { close: set.close } : {}),
  };
}

/** Where `bench fetch` has unpacked a dataset. */
function fetchedDataset(name: string): string {
  const folder = fetched(name);
  if (folder === undefined)
    throw new BenchError(
      "data",
      `dataset ${name}: its images are not here; get them with 'bench fetch ${name}', or give a folder of images with --data`,
    );
  return folder;
}

function drawn(m: Miniature, { perClass, seed }: { perClass: number; seed: number }, size: number) {
  if (size !== 32)
    throw new BenchError("usage", `the miniatures are drawn at 32x32, but the recipe takes ${size}x${size}`);
  const { pixels, labels } = drawMiniature(m, { perClass, seed, size });
  const fingerprint = createHash("sha256").update(pixels).update(labels).digest("hex");
  return { name: m.name, classes: m.classes, size, pixels, labels, fingerprint };
}
