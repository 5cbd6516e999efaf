// The images of a run: a miniature, or a folder of the user's.

import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import {
  type DatasetEntry,
  drawMiniature,
  findDataset,
  loadFolder,
  loadRegistry,
  type Miniature,
  miniatures,
} from "@dit-bench/datasets";
import { BenchError } from "./errors.ts";
import type { Listener } from "./events.ts";
import { projectFolder, type Recipe } from "./recipe.ts";

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
  readonly source: "miniature" | "folder";
  readonly classes: readonly string[];
  readonly size: number;
  /** RGB, [N, size, size, 3]. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly fingerprint: string;
  readonly skipped: number;
}

/** The eight datasets, as datasets.json describes them. */
export const datasetEntries = (): readonly DatasetEntry[] => loadRegistry(join(projectFolder(), "datasets.json"));

/** How a cell's folder calls its dataset: `flowers`, or `flowers-from-my-photos`. */
export const datasetSlug = ({ name, folder }: DatasetChoice): string =>
  folder ? `${name}-from-${basename(resolve(folder)).replaceAll(/[^\w-]+/g, "-")}` : name;

/** @param side of the pictures, in pixels */
export async function loadDataset(
  choice: DatasetChoice,
  recipe: Recipe,
  side: number,
  listener: Listener,
): Promise<Dataset> {
  const entry = findDataset(datasetEntries(), choice.name);
  const { data } = recipe.settings;
  if (choice.folder === undefined) {
    const miniature = miniatures.find((m) => m.name === entry.miniature)!;
    return { title: entry.title, source: "miniature", skipped: 0, ...drawn(miniature, data, side) };
  }
  const set = await loadFolder(choice.folder, {
    size: side,
    strict: choice.strict ?? false,
    onProgress: (done, total) => listener.progress?.(done, total, "images"),
  });
  for (const { file, reason } of set.skipped) listener.note?.(`left out ${file}: ${reason}`);
  const { classes, size, pixels, labels, fingerprint, skipped } = set;
  return {
    name: entry.name,
    title: `own images, ${basename(resolve(choice.folder))}`, // they are not the dataset whose name they go under
    source: "folder",
    classes,
    size,
    pixels,
    labels,
    fingerprint,
    skipped: skipped.length,
  };
}

function drawn(m: Miniature, { perClass, seed }: { perClass: number; seed: number }, size: number) {
  if (size !== 32)
    throw new BenchError("usage", `the miniatures are drawn at 32x32, but the recipe takes ${size}x${size}`);
  const { pixels, labels } = drawMiniature(m, { perClass, seed, size });
  const fingerprint = createHash("sha256").update(pixels).update(labels).digest("hex");
  return { name: m.name, classes: m.classes, size, pixels, labels, fingerprint };
}
