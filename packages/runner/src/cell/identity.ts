// A cell is recipe × dataset × method with options × seed. It has a folder, and an identity: a digest of everything
// that its result depends on.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type AnyMethod, defaultOptions, labelOf } from "@dit-bench/method";
import { labelWithRate } from "../methods/learning-rate.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { shortHash } from "../storage/hashes.ts";

/** The folder with all cells of one recipe and protocol. */
export const protocolFolder = (out: string, recipe: Recipe): string => join(out, recipe.protocol.replaceAll("/", "-"));

/**
 * `runs/mini-1/flowers/difffit/seed-0`; of a variant of the recipe `…/difffit+from-scratch/seed-0`
 *
 * @param dataset its name in the record; for own images, this name ends with the start of their fingerprint
 * @param ownRate the cell's learning rate, if it is not the default one
 */
export function cellFolder(
  out: string,
  recipe: Recipe,
  dataset: string,
  method: AnyMethod,
  options: object,
  ownRate: number | undefined,
  seed: number,
): string {
  const slug = methodSlug(method, options, ownRate);
  const row = recipe.variant === undefined ? slug : `${slug}+${recipe.variant.name}`;
  return join(protocolFolder(out, recipe), dataset, row, `seed-${seed}`);
}

/**
 * The method's name. With options other than the published ones, or a learning rate other than the default: its label
 * and a hash of all options and of that rate.
 */
function methodSlug(method: AnyMethod, options: object, ownRate: number | undefined): string {
  const isUsual = ownRate === undefined && JSON.stringify(options) === JSON.stringify(defaultOptions(method));
  if (isUsual) return method.name;
  const label = labelWithRate(labelOf(method, options), ownRate)
    .toLowerCase()
    .replaceAll(/[^\w-]+/g, "-")
    .replaceAll(/-+$/g, "");
  const deciding = ownRate === undefined ? options : [options, ownRate];
  return `${label}-${shortHash(JSON.stringify(deciding)).slice(0, 6)}`;
}

/** Digest of everything that a cell's numbers depend on. */
export function identityOf(parts: {
  protocol: string;
  settings: unknown;
  method: string;
  /** SHA-256 of a plug-in's source. */
  methodCode?: string;
  /** The published rate; the recipe's factor is one of the settings. */
  learningRate: number;
  /** A rate that replaces the published one and the factor. */
  ownLearningRate?: number;
  options: object;
  dataset: string;
  /** SHA-256 of the images and labels. */
  fingerprint: string;
  /** The same of the held-out images, if any. */
  heldOut?: string;
  seed: number;
  /** SHA-256 of the weights of base model, extractor and autoencoder. */
  base: string;
  extractor: string;
  autoencoder?: string;
}): string {
  const ordered = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(ordered)).digest("hex");
}
