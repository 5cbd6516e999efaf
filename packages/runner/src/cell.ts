// A cell of the comparison: recipe × dataset × method with options × seed. It has a folder, and an identity that says what its result depends on.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type AnyMethod, defaultOptions, labelOf } from "@dit-bench/method";
import { type DatasetChoice, datasetSlug } from "./dataset.ts";
import { type Recipe, shortHash } from "./recipe.ts";

/** Results of one recipe and protocol lie together, apart from all others. */
export const protocolFolder = (out: string, recipe: Recipe): string => join(out, recipe.protocol.replaceAll("/", "-"));

/** `runs/mini-1/flowers/difffit/seed-0` */
export function cellFolder(
  out: string,
  recipe: Recipe,
  dataset: DatasetChoice,
  method: AnyMethod,
  options: object,
  seed: number,
): string {
  return join(protocolFolder(out, recipe), datasetSlug(dataset), methodSlug(method, options), `seed-${seed}`);
}

/** The method's name; options that are not the published ones add the label and a hash of all of them. */
function methodSlug(method: AnyMethod, options: object): string {
  if (JSON.stringify(options) === JSON.stringify(defaultOptions(method))) return method.name;
  const label = labelOf(method, options)
    .toLowerCase()
    .replaceAll(/[^\w-]+/g, "-")
    .replaceAll(/-+$/g, "");
  return `${label}-${shortHash(JSON.stringify(options)).slice(0, 6)}`;
}

/** Hash of everything that decides a cell's numbers. */
export function identityOf(parts: {
  protocol: string;
  settings: unknown;
  method: string;
  /** Of a plug-in that lies in a folder or a file. */
  methodCode?: string;
  learningRate: number;
  options: object;
  dataset: string;
  fingerprint: string;
  seed: number;
  base: string;
  extractor: string;
  autoencoder?: string;
}): string {
  const ordered = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(ordered)).digest("hex");
}
