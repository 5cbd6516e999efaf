// Copies the records of a comparison into the folder of its tables, with the strips of images that may be published.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileNames, replaceFile } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { type Comparison, isPublishable, type StripKind, stripKinds, stripPath } from "@dit-bench/report";
import { readStrip } from "./read-strips.ts";

/**
 * Copies each file unchanged to `dataset/label-seed-N.json`. Names and labels of plug-ins are made safe for file names.
 * Of strips that several runs share, the first copy is enough: real images of a dataset, and samples of the base model
 * for a dataset, a seed and a variant of the recipe.
 */
export async function copyRecords(
  { rows }: Comparison,
  pathOf: ReadonlyMap<RunRecord, string>,
  folder: string,
  withRealImages: boolean,
): Promise<void> {
  const datasetName = fileNames();
  const labelName = fileNames();
  const copiedStrips = new Set<string>();
  for (const { label, records } of rows)
    for (const record of records) {
      const { dataset, seed } = record.cell;
      const path = join(folder, datasetName(dataset), `${labelName(label).toLowerCase()}-seed-${seed}.json`);
      await replaceFile(path, await readFile(pathOf.get(record)!));
      for (const kind of stripKinds) {
        const key = JSON.stringify([kind, ...sharedBy(kind, record)]);
        if (copiedStrips.has(key) || !isPublishable(record, kind, withRealImages)) continue;
        const strip = await readStrip(pathOf.get(record)!, kind);
        if (strip === undefined) continue;
        await replaceFile(stripPath(path, kind), strip);
        copiedStrips.add(key);
      }
    }
}

/** What the runs that share a strip have in common. */
function sharedBy(kind: StripKind, { cell }: RunRecord): (string | number)[] {
  if (kind === "real") return [cell.dataset];
  return kind === "base"
    ? [cell.dataset, cell.seed, cell.variant?.name ?? ""]
    : [cell.dataset, cell.seed, cell.method, cell.methodLabel];
}
