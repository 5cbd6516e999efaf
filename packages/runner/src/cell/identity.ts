// A cell is recipe × dataset × method with options × seed. It has a folder, and an identity: a digest of everything
// that its result depends on.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type AnyMethod, defaultOptions, labelOf } from "@dit-bench/method";
import type { Recipe } from "../recipe/recipe.ts";
import { shortHash } from "../storage/hashes.ts";

/** The folder with all cells of one recipe and protocol. */
export const protocolFolder = (out: string, recipe: Recipe): string => join(out, recipe.protocol.replaceAll("/", "-"));

/**
 * `runs/mini-1/flowers/difffit/seed-0`
 *
 * @param dataset its name in the record; for own images, this name ends with the start of their fingerprint
 */
export function cellFolder(
  out: string,
  recipe: Recipe,
  dataset: string,
  method: AnyMethod,
  options: object,
  seed: number,
): string {
  return join(protocolFolder(out, recipe), dataset, methodSlug(method, options), `seed-${seed}`);
}

/** The method's name. With options other than the published ones: its label and a hash of all options. */
function methodSlug(method: AnyMethod, options: object): string {
  if (JSON.stringify(options) === JSON.stringify(defaultOptions(method))) return method.name;
  const label = labelOf(method, options)
    .toLowerCase()
    .replaceAll(/[^\w-]+/g, "-")
    .replaceAll(/-+$/g, "");
  return `${label}-${shortHash(JSON.stringify(options)).slice(0, 6)}`;
}

/** Digest of everything that a cell's numbers depend on. */
export function identityOf(parts: {
  protocol: string;
  settings: unknown;
  method: string;
  /** SHA-256 of a plug-in's source. */
  methodCode?: string;
  learningRate: number;
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
