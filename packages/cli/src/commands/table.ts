// bench table: tables and chart from records alone.

import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileNames } from "@dit-bench/files";
import { type RunRecord, readRecords, writeRecord } from "@dit-bench/record";
import { groupByProtocol, writeReport } from "@dit-bench/report";
import { BenchError, projectFolder } from "@dit-bench/runner";
import { counted } from "../settings.ts";

export interface TableOptions {
  recipe: string;
  from?: string;
  out?: string;
  json?: boolean;
}

export async function table(options: TableOptions): Promise<void> {
  const published = join(projectFolder(), "results", options.recipe);
  const from = options.from ? resolve(options.from) : published;
  if (!existsSync(from))
    throw new BenchError(
      "data",
      `${options.from ? `--from ${options.from}` : `results/${options.recipe}`}: there is no such folder; make records with 'bench grid --recipe ${options.recipe}', then 'bench table --from runs'`,
    );
  await writeTables(from, options.out ? resolve(options.out) : from, options.json ?? false);
}

/** Writes the tables of every protocol found below `from`; into `out` itself where there is one protocol, into a folder each where there are more. */
export async function writeTables(from: string, out: string, json: boolean): Promise<void> {
  const records = await readRecords(from);
  if (records.length === 0)
    throw new BenchError("data", `${from}: no records below this folder; 'bench run' and 'bench grid' make them`);
  const groups = [...groupByProtocol(records)];
  const folderName = fileNames();
  const written = [];
  for (const [protocol, group] of groups) {
    const folder = groups.length === 1 ? out : join(out, folderName(protocol));
    const paths = await writeReport(group, folder);
    if (resolve(out) !== resolve(from)) await copyRecords(group, join(folder, "records")); // those of a table that could be made
    written.push({ protocol, records: group.length, ...paths });
    process.stdout.write(
      `${protocol}: ${counted(group.length, "record")}\n${Object.values(paths)
        .map((p) => `  ${relative(process.cwd(), p)}\n`)
        .join("")}`,
    );
  }
  if (json) process.stdout.write(`${JSON.stringify({ tables: written })}\n`);
}

/** Into a folder a dataset, named by label and seed. Datasets' names and labels may be a stranger's. */
async function copyRecords(records: readonly RunRecord[], folder: string): Promise<void> {
  const datasetName = fileNames();
  const labelName = fileNames();
  for (const record of records) {
    const { dataset, methodLabel, seed } = record.cell;
    const label = labelName(methodLabel).toLowerCase();
    await writeRecord(join(folder, datasetName(dataset), `${label}-seed-${seed}.json`), record);
  }
}
