// `bench export`: writes the trained weights of a finished run for other programs, with a model card.

import { exportRun as writeExport } from "@dit-bench/runner";
import type { ExportOptions } from "../declarations/export.ts";
import { print, printJson, printNote, shownPath } from "../print.ts";

export async function exportRun({ plugin, json, ...task }: ExportOptions): Promise<void> {
  const { files, title, layout, notes } = await writeExport({ ...task, plugins: plugin });
  for (const note of notes) printNote(`${note}\n`);
  const { run, format, output } = task;
  print(`${title}\n${files.map((file) => `${shownPath(file)}\n`).join("")}`);
  if (json) printJson({ run, format, layout, output, files });
}
