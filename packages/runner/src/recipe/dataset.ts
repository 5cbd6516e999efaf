// The training images of a run: a miniature, a fetched dataset, or a folder of the user's own images.

import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { type DatasetEntry, findDataset, fitsInMemory, listImages, loadFolder, storeFolder } from "@dit-bench/datasets";
import { fileName } from "@dit-bench/files";
import { drawMiniature, type Miniature, miniatures, sourceDomain } from "@dit-bench/miniatures";
import { printable } from "@dit-bench/text";
import { datasetEntries } from "../assets/dataset-entries.ts";
import { fetched } from "../assets/fetched.ts";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { shortHash } from "../storage/hashes.ts";
import { type Split, splitFolder, splitImages, type WholeSet } from "./held-out.ts";
import type { Recipe } from "./recipe.ts";

export interface DatasetChoice {
  /** A name in the registry of datasets (`flowers`); with `folder`, the user's name for the images. */
  readonly name: string;
  /** A folder of the user's own images, one subfolder per class. */
  readonly folder?: string;
  /** Stop at the first image that cannot be used, instead of skipping it. */
  readonly strict?: boolean;
}

/** The images that a run trains on, and those that it holds out. */
export interface Dataset extends Split {
  /** The registry's name; for own images, the name with the start of a digest of them: `my-flowers-1a2b3c4d`. */
  readonly name: string;
  readonly title: string;
  readonly source: "miniature" | "dataset" | "folder";
  readonly classes: readonly string[];
  readonly size: number;
  /** Files that may be images and cannot be used. */
  readonly skipped: number;
  /** Closes the file of the images, if they are read from one. */
  close?(): void;
}

/** A folder of own images, named by the user or by the last component of its path. */
export const ownImages = (folder: string, name?: string): DatasetChoice => ({
  name: printable(name ?? (basename(resolve(folder)) || folder)).normalize("NFC"),
  folder,
});

/** Miniatures that stand in for no dataset of the registry. */
const ownMiniatures: readonly Miniature[] = [sourceDomain];

/** Throws UnknownDatasetError, with the closest name, for a name that neither the registry nor a miniature has. */
export const checkDatasetName = (name: string): void => void titleOf(name);

/** Names of the datasets that a recipe trains on by default: its own list, else those that the registry offers it. */
export const datasetsOf = ({ settings, grid }: Recipe): string[] =>
  grid.datasets ??
  datasetEntries()
    .filter((entry) => !settings.miniature || miniatureFor(entry) !== undefined)
    .map(({ name }) => name);

/**
 * The miniature of a dataset. Throws UnknownDatasetError for a name that the registry does not have, and BenchError
 * (usage) for a dataset without a miniature.
 */
export function miniatureOf(name: string): Miniature {
  const own = ownMiniatures.find((candidate) => candidate.name === name);
  if (own !== undefined) return own;
  const entries = datasetEntries();
  const miniature = miniatureFor(findDataset(entries, name));
  if (miniature !== undefined) return miniature;
  const available = entries.filter((entry) => miniatureFor(entry) !== undefined).map((entry) => entry.name);
  throw new BenchError(
    "usage",
    `dataset '${name}' has no miniature; datasets with one: ${available.join(", ")}; ` +
      "or choose a recipe that trains on the images themselves, such as --recipe paper",
  );
}

const miniatureFor = (entry: DatasetEntry): Miniature | undefined => miniatures.find((m) => m.name === entry.miniature);

/**
 * The title of a dataset in tables, sheets and messages. Throws UnknownDatasetError if the registry does not have it.
 */
export const datasetTitle = ({ name, folder }: DatasetChoice): string =>
  folder === undefined ? titleOf(name) : `own images, ${name}`;

const titleOf = (name: string): string =>
  (ownMiniatures.find((own) => own.name === name) ?? findDataset(datasetEntries(), name)).title;

/** A name for own images that differs between folders of equal names, and from all names of the registry. */
export function ownDatasetName(
  name: string,
  { fingerprint, heldOut }: { readonly fingerprint: string; readonly heldOut?: { readonly fingerprint: string } },
): string {
  const digest = heldOut === undefined ? fingerprint : shortHash(`${fingerprint} ${heldOut.fingerprint}`);
  return `${fileName(name)}-${digest.slice(0, 8)}`;
}

/** The number of classes and images of a dataset before the split, without decoding images. */
export function countImages({ settings }: Recipe, { name, folder }: DatasetChoice) {
  if (folder !== undefined) {
    const { classes } = listImages(folder);
    return { classes: classes.length, images: classes.reduce((sum, { files }) => sum + files.length, 0) };
  }
  if (settings.miniature) {
    const classes = miniatureOf(name).classes.length;
    return { classes, images: classes * (settings.data.perClass ?? 0) };
  }
  const { prepared } = findDataset(datasetEntries(), name);
  return { classes: prepared.classes, images: prepared.images };
}

/**
 * Loads or draws the training images. Throws BenchError, Interrupted, and UnknownDatasetError for an unknown name.
 *
 * @param side side of the images, in pixels
 * @param out folder that holds all runs; sets of images that are too large for memory are stored in it
 */
export async function loadDataset(
  choice: DatasetChoice,
  recipe: Recipe,
  side: number,
  out: string,
  listener: Listener,
): Promise<Dataset> {
  if (choice.folder === undefined && recipe.settings.miniature) {
    const miniature = miniatureOf(choice.name);
    return {
      title: datasetTitle(choice),
      source: "miniature",
      skipped: 0,
      name: miniature.name,
      classes: miniature.classes,
      size: side,
      ...splitImages(drawImages(miniature, miniatureOptions(recipe, side)), recipe, choice),
    };
  }
  const own = choice.folder !== undefined;
  const folder = choice.folder ?? fetchedDataset(findDataset(datasetEntries(), choice.name).name);
  const options = {
    size: side,
    strict: choice.strict ?? false,
    onProgress(done: number, total: number) {
      if (listener.stopping?.()) throw new Interrupted("stopped while reading images; run the same command again");
      listener.progress?.(done, total, "images");
    },
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
  const { classes, size, skipped } = set;
  const split = splitFolder(set, recipe, choice);
  return {
    name: own ? ownDatasetName(choice.name, split) : choice.name,
    title: datasetTitle(choice),
    source: own ? "folder" : "dataset",
    classes,
    size,
    ...split,
    skipped: skipped.filter(({ harmless }) => !harmless).length,
    ...("close" in set ? { close: set.close } : {}),
  };
}

/** The folder that `bench fetch` prepared. Throws BenchError (data) if there is none. */
function fetchedDataset(name: string): string {
  const folder = fetched(name);
  if (folder === undefined)
    throw new BenchError(
      "data",
      `dataset ${name}: its images are not here; get them with 'bench fetch ${name}', ` +
        "or give a folder of images with --data",
    );
  return folder;
}

type MiniatureOptions = { readonly perClass: number; readonly seed: number; readonly size: 32 | 64 };

/** Throws BenchError (usage) if the recipe's settings suit no miniature. @param size side of its images, in pixels */
export function miniatureOptions(
  { settings: { data, name } }: Pick<Recipe, "settings">,
  size: number,
): MiniatureOptions {
  const { perClass, seed } = data;
  if (perClass === undefined || seed === undefined)
    throw new BenchError("usage", `recipe ${name}: its data has no perClass or no seed; miniatures need both`);
  if (size !== 32 && size !== 64)
    throw new BenchError("usage", `the miniatures have 32x32 or 64x64 pixels, but the recipe takes ${size}x${size}`);
  return { perClass, seed, size };
}

function drawImages(m: Miniature, options: MiniatureOptions): WholeSet {
  const { size } = options;
  const { pixels, labels } = drawMiniature(m, options);
  const bytes = 3 * size ** 2;
  const imageAt = (i: number) => pixels.subarray(i * bytes, (i + 1) * bytes);
  const fingerprintOf = (indices: readonly number[]) => {
    const hash = createHash("sha256");
    for (const i of indices) hash.update(imageAt(i));
    return hash.update(Int32Array.from(indices, (i) => labels[i]!)).digest("hex");
  };
  const all = [...labels.keys()];
  return {
    size,
    pixels,
    labels,
    fingerprint: fingerprintOf(all),
    hashes: () => all.map((i) => createHash("sha256").update(imageAt(i)).digest("hex")),
    fingerprintOf,
  };
}
