// The registry of published datasets: the schema of datasets.json and the search by name.

import { readFileSync } from "node:fs";
import { closestName, parseJson } from "@dit-bench/text";
import { z } from "zod";
import { DataError } from "./data-error.ts";

const download = z.strictObject({
  file: z.string().regex(/^[\w.-]+$/, "a plain file name"),
  /** Addresses, tried in this order. */
  urls: z.array(z.url({ protocol: /^https?$/ })).min(1),
  bytes: z.int().positive().nullable(),
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}$/, "32 hexadecimal digits")
    .nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
    .nullable(),
  /** Who published the checksums; null without checksums. */
  checksumsFrom: z.string().nullable(),
  /** Why no address works any more; null as long as one is believed to work. */
  gone: z.string().nullable(),
});

const dataset = z.strictObject({
  /** The dataset's name in commands. */
  name: z.string().regex(/^[a-z][a-z0-9]*$/, "lower-case letters and digits"),
  title: z.string(),
  subject: z.string(),
  classes: z.int().positive(),
  /** Number of images in all splits. */
  images: z.int().positive(),
  /** Images per split: null if the number is not published; empty without official splits. */
  splits: z.record(z.string(), z.int().positive().nullable()),
  imageSize: z.string(),
  licence: z.string(),
  citation: z.strictObject({ text: z.string(), year: z.int() }),
  homepage: z.url().nullable(),
  downloads: z.array(download).min(1),
  /** The image folder that `bench fetch` makes from the downloads. */
  prepared: z.strictObject({
    /** Splits that the folder holds; `all` for every image. */
    splits: z.array(z.string()).min(1),
    classes: z.int().positive(),
    images: z.int().positive(),
    /** Reason for the choice of splits. */
    why: z.string(),
  }),
  notes: z.array(z.string()),
  /** Name of the procedural miniature that stands in for the dataset; absent for a dataset without one. */
  miniature: z.string().optional(),
});

const registry = z
  .strictObject({ version: z.literal(1), datasets: z.array(dataset) })
  .superRefine(({ datasets }, context) => {
    const seen = new Set<string>();
    for (const [i, { name, images, splits, prepared }] of datasets.entries()) {
      const problem = (message: string) => context.addIssue({ code: "custom", path: ["datasets", i], message });
      if (seen.has(name)) problem(`the name "${name}" occurs twice`);
      seen.add(name);
      const inSplits = Object.values(splits).reduce<number>((sum, count) => sum + (count ?? 0), 0);
      if (inSplits > images) problem(`${inSplits} images in the splits, but ${images} in total`);
      const unknown = prepared.splits.find((split) => split !== "all" && splits[split] === undefined);
      if (unknown) problem(`the prepared split "${unknown}" does not exist`);
    }
  });

export type DatasetDownload = Readonly<z.infer<typeof download>>;
export type DatasetEntry = Readonly<z.infer<typeof dataset>>;

/** The error for a name that no dataset has. It is an error of usage: the command line exits with code 2. */
export class UnknownDatasetError extends Error {
  override readonly name = "UnknownDatasetError";
}

/**
 * Reads datasets.json. Throws DataError (registry) where it is missing or does not match the schema; the message
 * names the field.
 */
export function loadRegistry(path: string): readonly DatasetEntry[] {
  let content: unknown;
  try {
    content = parseJson(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DataError("registry", `dataset registry "${path}": ${code === "ENOENT" ? "does not exist" : message}`);
  }
  const parsed = registry.safeParse(content);
  if (!parsed.success) throw new DataError("registry", `dataset registry "${path}": ${z.prettifyError(parsed.error)}`);
  return parsed.data.datasets;
}

/** The dataset of that name. Throws UnknownDatasetError, which suggests the closest name. */
export function findDataset(datasets: readonly DatasetEntry[], name: string): DatasetEntry {
  const entry = datasets.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const names = datasets.map((candidate) => candidate.name);
  const closest =
    closestName(name, names) ?? datasets.find(({ title }) => closestName(name, [title]) !== undefined)?.name;
  const hint = closest === undefined ? "" : `did you mean "${closest}"? `;
  throw new UnknownDatasetError(`unknown dataset "${name}": ${hint}available: ${names.join(", ")}`);
}
