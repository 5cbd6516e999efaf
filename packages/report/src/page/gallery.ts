// The images of the page: the strips of the runs as data URLs, equal ones once.

import type { RunRecord } from "@dit-bench/record";
import { printable } from "@dit-bench/text";
import type { Comparison } from "../comparison.ts";
import { type Strips, stripClasses } from "../strips.ts";
import type { PageGallery } from "./page-data.ts";

/**
 * Real images are the same for all runs on a dataset, and the base model's samples for all runs of a variant on a
 * dataset with one seed, so the first run that has them is enough.
 */
export function gallery(
  { rows, bases, datasets, records: all }: Comparison,
  stripsOf: (record: RunRecord) => Strips,
): PageGallery {
  const indices = new Map<string, number>();
  const indexOf = (bytes: Uint8Array) => {
    const url = `data:image/webp;base64,${Buffer.from(bytes).toString("base64")}`;
    if (!indices.has(url)) indices.set(url, indices.size);
    return indices.get(url)!;
  };
  const baseHasClasses = all.some(({ metrics }) => metrics?.baseLabels === "dataset");
  const found: Omit<PageGallery, "images"> = { columns: [], real: [], base: [], baseHasClasses, samples: [] };
  for (const [dataset, { name }] of datasets.entries()) {
    const keysWithBase = new Set<string>();
    for (const [method, { variant, records }] of rows.entries())
      for (const record of records) {
        if (record.cell.dataset !== name) continue;
        const { samples, base, real } = stripsOf(record);
        if (samples === undefined) continue;
        const { seed } = record.cell;
        found.samples.push({ method, dataset, seed, image: indexOf(samples) });
        const label = printable(bases.find((row) => row.variant === variant)!.label);
        const key = JSON.stringify([seed, label]);
        if (base !== undefined && !keysWithBase.has(key)) {
          keysWithBase.add(key);
          found.base.push({ dataset, seed, label, image: indexOf(base) });
        }
        if (real !== undefined && found.real.at(-1)?.dataset !== dataset)
          found.real.push({ dataset, image: indexOf(real) });
        if (found.columns.at(-1)?.dataset !== dataset) found.columns.push({ dataset, classes: columnsOf(record) });
      }
  }
  return { images: [...indices.keys()], ...found };
}

function columnsOf({ data }: RunRecord): string[] {
  return stripClasses(data.classes.length).map((label) => printable(data.classes[label]!));
}
