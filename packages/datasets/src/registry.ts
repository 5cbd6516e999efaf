import { readFileSync } from "node:fs";
import { closestName } from "@dit-bench/text";
import { z } from "zod";
import { DataError } from "./data-error.ts";

const download = z.strictObject({
  file: z.string().regex(/^[\w.-]+$/, "a plain file name"),
  /** Tried in turn. */
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
  /** Who published the checksums; null where none are known. */
  checksumsFrom: z.string().nullable(),
  /** Why the address no longer works; null where nothing of that kind is known. */
  gone: z.string().nullable(),
});

const dataset = z.strictObject({
  /** What the command line calls it. */
  name: z.string().regex(/^[a-z][a-z0-9]*$/, "lower-case letters and digits"),
  title: z.string(),
  subject: z.string(),
  classes: z.int().positive(),
  /** All of its images. */
  images: z.int().positive(),
  /** Images per split; null where the number is not publicly known, empty where there is no official split. */
  splits: z.record(z.string(), z.int().positive().nullable()),
  imageSize: z.string(),
  licence: z.string(),
  citation: z.strictObject({ text: z.string(), year: z.int() }),
  homepage: z.url().nullable(),
  downloads: z.array(download).min(1),
  /** What `bench fetch` makes of it. */
  prepared: z.strictObject({
    /** Which splits are taken; `all` where there is none, or where none is chosen. */
    splits: z.array(z.string()).min(1),
    classes: z.int().positive(),
    images: z.int().positive(),
    /** Where the choice comes from. */
    why: z.string(),
  }),
  notes: z.array(z.string()),
  /** Name of the procedural miniature that stands for it. */
  miniature: z.string(),
});

const registry = z
  .strictObject({ version: z.literal(1), datasets: z.array(dataset) })
  .superRefine(({ datasets }, context) => {
    const seen = new Set<string>();
    for (const [i, { name, images, splits, prepared }] of datasets.entries()) {
      const problem = (message: string) => context.addIssue({ code: "custom", path: ["datasets", i], message });
      if (seen.has(name)) problem(`the name "${name}" is there twice`);
      seen.add(name);
      const inSplits = Object.values(splits).reduce<number>((sum, count) => sum + (count ?? 0), 0);
      if (inSplits > images) problem(`${inSplits} images in the splits, ${images} in all`);
      const unknown = prepared.splits.find((split) => split !== "all" && splits[split] === undefined);
      if (unknown) problem(`the split "${unknown}" is to be prepared, but is not there`);
    }
  });

export type DatasetDownload = Readonly<z.infer<typeof download>>;
export type DatasetEntry = Readonly<z.infer<typeof dataset>>;

/** A name that no dataset has: a mistake of usage (exit code 2 of the command line), not of data. */
export class UnknownDatasetError extends Error {
  override readonly name = "UnknownDatasetError";
}

/** Reads datasets.json. Throws DataError where it is missing or not what the schema says, naming the field. */
export function loadRegistry(path: string): readonly DatasetEntry[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DataError("registry", `dataset registry "${path}": ${code === "ENOENT" ? "does not exist" : message}`);
  }
  const parsed = registry.safeParse(content);
  if (!parsed.success) throw new DataError("registry", `dataset registry "${path}": ${z.prettifyError(parsed.error)}`);
  return parsed.data.datasets;
}

/** The dataset of that name. Throws UnknownDatasetError, which suggests the nearest name. */
export function findDataset(datasets: readonly DatasetEntry[], name: string): DatasetEntry {
  const entry = datasets.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const names = datasets.map((candidate) => candidate.name);
  const meant =
    closestName(name, names) ?? datasets.find(({ title }) => closestName(name, [title]) !== undefined)?.name;
  const hint = meant === undefined ? "" : `did you mean "${meant}"? `;
  throw new UnknownDatasetError(`unknown dataset "${name}": ${hint}known are ${names.join(", ")}`);
}
