// Exports the trained weights of a run in a format that other programs read, with a model card.

import { join } from "node:path";
import { modelCard } from "@dit-bench/report";
import { findRecorded, openTrained, ownRecipe, type RecordedRun, titleOf } from "../cell/open-run.ts";
import { BenchError } from "../errors.ts";
import { recipeNames } from "../recipe/recipe-names.ts";
import { checkOutputFolder } from "../storage/make-folder.ts";
import { baseFacts } from "./base-facts.ts";
import { changesOf } from "./changes.ts";
import { type ExportFormat, type ExportParts, textFile } from "./format.ts";
import { exportFormats } from "./formats.ts";
import { checkFolder, writeFiles } from "./write-files.ts";

export interface ExportTask {
  /** A run's folder, or its record.json. */
  readonly run: string;
  /** One of `exportFormats`. */
  readonly format: string;
  /** One of the format's layouts; the first by default. */
  readonly layout?: string | undefined;
  readonly output: string;
  /** Replace the files of an earlier export in the folder. */
  readonly overwrite?: boolean;
  /** The folder of the recipe, if it does not come with the project. */
  readonly recipe?: string | undefined;
  readonly plugins?: readonly string[];
}

export interface Exported {
  /** Paths of the written files. */
  readonly files: readonly string[];
  readonly title: string;
  readonly layout: string | null;
  /** Notes about the model for the user. */
  readonly notes: readonly string[];
}

/**
 * Writes the files of the format and the model card README.md. Throws BenchError if the run did not finish, if the
 * method cannot have the format, or if the folder has other files; then nothing is changed in the folder.
 */
export async function exportRun(task: ExportTask): Promise<Exported> {
  const { output, recipe: place, plugins = [] } = task;
  const format = exportFormats.find(({ name }) => name === task.format)!;
  const layout = chooseLayout(format, task.layout);
  checkOutputFolder(output);
  const earlier = checkFolder(output, task.overwrite ?? false);
  const found = await findRecorded(task.run);
  refuseDiverged(found);
  format.check?.(found);
  const run = await openTrained(found, { plugins, ...(place === undefined ? {} : { recipe: place }) });
  const parts = format.make(run, layout);
  const { record, recipe, adapted } = run;
  const card = modelCard(record, {
    library: parts.library,
    use: parts.use,
    source: adapted.method.source,
    base: baseFacts(run),
    recipe: recipeNames().includes(record.recipe) && place === undefined ? record.recipe : "RECIPE",
    changes: changesOf(
      recipe.settings,
      ownRecipe(found, place).settings,
      Object.keys(record.cell.variant?.settings ?? {}),
    ),
  });
  const files: ExportParts["files"] = [...parts.files, textFile("README.md", card)];
  writeFiles(output, files, earlier);
  return {
    files: files.map(({ name }) => join(output, name)),
    title: titleOf(record),
    layout: layout ?? null,
    notes: run.notes,
  };
}

/** Throws BenchError (usage) for a layout that the format does not have. */
function chooseLayout({ name, layouts }: ExportFormat, given: string | undefined): string | undefined {
  if (given === undefined || layouts?.includes(given)) return given ?? layouts?.[0];
  const having = exportFormats.filter((format) => format.layouts?.includes(given)).map((format) => format.name);
  throw new BenchError(
    "usage",
    `--layout ${given} is for --format ${having.join(" or ")}, not for --format ${name}; leave --layout out`,
  );
}

function refuseDiverged({ folder, record }: RecordedRun): void {
  if (record.exit !== "diverged") return;
  throw new BenchError(
    "data",
    `${folder}: this run diverged and has no scores; delete the folder and run it with other settings`,
  );
}
