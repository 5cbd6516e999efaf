// The registry of datasets that comes with the project.

import { join } from "node:path";
import { type DatasetEntry, loadRegistry } from "@dit-bench/datasets";
import { projectFolder } from "../project-folder.ts";

let entries: readonly DatasetEntry[] | undefined;

/** The eight datasets, as datasets.json describes them. The file is read once. */
export function datasetEntries(): readonly DatasetEntry[] {
  entries ??= loadRegistry(join(projectFolder(), "datasets.json"));
  return entries;
}
