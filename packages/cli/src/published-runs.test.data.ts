// The published runs at published learning rates, as data of tests: one row for each method.

import { cpSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRecords, type RunRecord } from "@dit-bench/record";

const records = fileURLToPath(new URL("../../../results/mini/records", import.meta.url));

/** Copies the records of the flowers with their strips into a folder for temporary files, and returns its path. */
export function copyFlowerRuns(): string {
  const folder = mkdtempSync(join(tmpdir(), "bench-flowers-"));
  const source = join(records, "flowers");
  for (const name of readdirSync(source).filter((file) => !file.includes("-rate-")))
    cpSync(join(source, name), join(folder, name));
  return folder;
}

/** The records of all datasets. */
export async function publishedRuns(): Promise<RunRecord[]> {
  const found = await findRecords(records);
  return found.records.map(({ record }) => record).filter(({ tuning }) => tuning === undefined);
}
