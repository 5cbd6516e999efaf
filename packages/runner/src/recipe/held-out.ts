// The split of a dataset into images to train on and held-out images, each image by its own hash.
//
// N = images, S = side in pixels

import { fingerprintOf, type ImageSet, type StoredSet, selectImages } from "@dit-bench/datasets";
import type { ImageBytes } from "@dit-bench/images";
import { quantity } from "@dit-bench/text";
import { fewestImages } from "../metrics/metric.ts";
import type { Recipe } from "./recipe.ts";
import { ownHeldOut } from "./schema.ts";

/** Part of a set of images, with its own fingerprint. */
export interface ImagePart {
  /** RGB bytes [N, S, S, 3]. */
  readonly pixels: ImageBytes;
  readonly labels: Int32Array;
  readonly fingerprint: string;
}

export interface HeldOut extends ImagePart {
  /** Share of the images that the setting holds out. */
  readonly share: number;
}

/** A set of images before the split. */
export interface WholeSet extends ImagePart {
  /** S */
  readonly size: number;
  /** [N], SHA-256 of each file or image, as hexadecimal digits. */
  hashes(): readonly string[];
  /** The fingerprint of the images at `indices` alone. */
  fingerprintOf(indices: readonly number[]): string;
}

/** The images to train on, and those that are held out. */
export interface Split extends ImagePart {
  readonly heldOut?: HeldOut;
  /** Why no images are held out, though some should be. */
  readonly noHeldOut?: string;
}

/** The dataset of a run, as far as the split depends on it. */
interface Choice {
  /** Set for own images. */
  readonly folder?: string;
}

/**
 * The share of images to hold out, and whether it holds for sets of any size. A recipe's own share does so for the
 * datasets that the recipe knows; for own images it is a default, and only a share that was given beside it is final.
 */
export function heldOutShare(
  { settings: { data }, given = [] }: Recipe,
  { folder }: Choice,
): { readonly share: number; readonly named: boolean } {
  if (folder === undefined) return { share: data.heldOut ?? 0, named: true };
  return { share: data.heldOut ?? ownHeldOut, named: given.includes("data.heldOut") };
}

/** The share that is held out of a set of this many images, if chance splits them as the share says. */
export function expectedHeldOut(recipe: Recipe, choice: Choice, images: number): number {
  const { share, named } = heldOutShare(recipe, choice);
  const heldOut = Math.round(share * images);
  const isKept = !named && reasonToKeepAll(images - heldOut, heldOut, recipe.settings.training.batch) !== undefined;
  return isKept ? 0 : share;
}

/**
 * Splits a set. Where the share is a default, nothing is held out of sets too small for it: with fewer than
 * `fewestImages` held-out images no score of them is computed, and training needs a whole batch.
 */
export function splitImages(whole: WholeSet, recipe: Recipe, choice: Choice): Split {
  const { share, named } = heldOutShare(recipe, choice);
  const { pixels, labels, fingerprint } = whole;
  const all = { pixels, labels, fingerprint };
  if (share === 0) return all;
  const { training, heldOut } = splitByHash(whole.hashes(), labels, share);
  const reason = named ? undefined : reasonToKeepAll(training.length, heldOut.length, recipe.settings.training.batch);
  if (reason !== undefined || heldOut.length === 0)
    return { ...all, noHeldOut: `no images are held out: ${reason ?? `${share} of ${labels.length} gave none`}` };
  return { ...partOf(whole, training), heldOut: { ...partOf(whole, heldOut), share } };
}

function reasonToKeepAll(training: number, heldOut: number, batch: number): string | undefined {
  if (heldOut < fewestImages) return `${heldOut} of ${training + heldOut} would be, fewer than ${fewestImages}`;
  return training < batch ? `${quantity(training, "image")} would be left, fewer than a batch of ${batch}` : undefined;
}

/** The split of a folder's images. Each part has the fingerprint of a folder with its files alone. */
export function splitFolder(set: ImageSet | StoredSet, recipe: Recipe, choice: Choice): Split {
  const { size, files, hashes } = set;
  const pick = (values: readonly string[], indices: readonly number[]) => indices.map((i) => values[i]!);
  const whole: WholeSet = {
    ...set,
    hashes: () => hashes,
    fingerprintOf: (indices) => fingerprintOf(size, pick(files, indices), pick(hashes, indices)),
  };
  return splitImages(whole, recipe, choice);
}

/**
 * The indices of the images to train on and of the held-out ones. An image is held out if the first 32 bits of its
 * hash, as a fraction, are below `share`. So the choice does not depend on other images, equal files are in the same
 * part, a smaller share holds out a subset, and each class is split by about the same share. The exception is a class
 * that would be held out as a whole: its image with the highest hash is trained on, and so are equal files elsewhere.
 */
export function splitByHash(
  hashes: readonly string[],
  labels: Int32Array,
  share: number,
): { readonly training: number[]; readonly heldOut: number[] } {
  const highest = new Map<number, string>();
  for (const [i, hash] of hashes.entries()) if (hash > (highest.get(labels[i]!) ?? "")) highest.set(labels[i]!, hash);
  const trained = new Set(highest.values()); // of other classes, the highest hash is not below the share
  const training: number[] = [];
  const heldOut: number[] = [];
  for (const [i, hash] of hashes.entries()) {
    const isBelow = Number.parseInt(hash.slice(0, 8), 16) / 2 ** 32 < share;
    (isBelow && !trained.has(hash) ? heldOut : training).push(i);
  }
  return { training, heldOut };
}

function partOf({ pixels, labels, size, fingerprintOf }: WholeSet, indices: readonly number[]): ImagePart {
  return {
    pixels: selectImages(pixels, indices, 3 * size ** 2),
    labels: Int32Array.from(indices, (i) => labels[i]!),
    fingerprint: fingerprintOf(indices),
  };
}
