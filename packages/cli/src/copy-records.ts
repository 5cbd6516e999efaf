// Copies the records of a comparison into the folder of its tables, with the strips of images that may be published.
// Copies of an earlier table that this one does not have are moved aside: a program that reads the copies would count
// a run that the table next to them does not have.

import { readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileNames, makeFolders, pathBelow, replaceFile } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { type Comparison, isPublishable, type StripKind, stripKinds, stripPath } from "@dit-bench/report";
import { readStrip } from "./read-strips.ts";

/**
 * Copies each file unchanged to `dataset/label-seed-N.json`. Names and labels of plug-ins are made safe for file names.
 * Of strips that several runs share, the first copy is enough: real images of a dataset, and samples of the base model
 * for a dataset, a seed and a variant of the recipe.
 *
 * @returns the paths of the earlier copies that were moved to `.former` in `folder`, which readers of records skip
 */
export async function copyRecords(
  { rows }: Comparison,
  pathOf: ReadonlyMap<RunRecord, string>,
  folder: string,
  withRealImages: boolean,
): Promise<readonly string[]> {
  const datasetName = fileNames();
  const labelName = fileNames();
  const copiedStrips = new Set<string>();
  const written = new Set<string>();
  for (const { label, records } of rows)
    for (const record of records) {
      const { dataset, seed } = record.cell;
      const path = join(folder, datasetName(dataset), `${labelName(label).toLowerCase()}-seed-${seed}.json`);
      await replaceFile(path, await readFile(pathOf.get(record)!));
      written.add(path);
      for (const kind of stripKinds) {
        const key = JSON.stringify([kind, ...sharedBy(kind, record)]);
        if (copiedStrips.has(key) || !isPublishable(record, kind, withRealImages)) continue;
        const strip = await readStrip(pathOf.get(record)!, kind);
        if (strip === undefined) continue;
        await replaceFile(stripPath(path, kind), strip);
        written.add(stripPath(path, kind));
        copiedStrips.add(key);
      }
    }
  if ([...pathOf.values()].some((path) => pathBelow(folder, path) !== undefined)) return []; // these are no copies
  const former = (await copiesIn(folder)).filter((path) => !written.has(join(folder, path)));
  for (const path of former) {
    const target = join(folder, ".former", path);
    makeFolders(dirname(target));
    await rename(join(folder, path), target);
  }
  return former.map((path) => join(folder, path));
}

/** The names that copies have; other files in their folders are the user's. */
const copyName = new RegExp(`-seed-\\d+\\.(?:json|(?:${stripKinds.join("|")})\\.webp)$`);

/** The copies of records and strips in `folder`, as paths below it. */
async function copiesIn(folder: string): Promise<string[]> {
  const datasets = (await readdir(folder, { withFileTypes: true })).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  );
  const names = await Promise.all(
    datasets.map(async ({ name }) =>
      (await readdir(join(folder, name), { withFileTypes: true }))
        .filter((entry) => entry.isFile() && copyName.test(entry.name))
        .map((entry) => join(name, entry.name)),
    ),
  );
  return names.flat().sort();
}

/** What the runs that share a strip have in common. */
function sharedBy(kind: StripKind, { cell }: RunRecord): (string | number)[] {
  if (kind === "real") return [cell.dataset];
  return kind === "base"
    ? [cell.dataset, cell.seed, cell.variant?.name ?? ""]
    : [cell.dataset, cell.seed, cell.method, cell.methodLabel];
}
