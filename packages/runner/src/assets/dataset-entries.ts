// The registry of datasets that comes with the project.

import { join } from "node:path";
import { type DatasetEntry, loadRegistry } from "@dit-bench/datasets";
import { projectFolder } from "../project-folder.ts";

/** The eight datasets, as datasets.json describes them. */
export const datasetEntries = (): readonly DatasetEntry[] => loadRegistry(join(projectFolder(), "datasets.json"));
