// bench table: tables and chart from records alone.

import { readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileNames, replaceFile, shown } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { type Comparison, groupByProtocol, type ReportPaths, writeReport } from "@dit-bench/report";
import { BenchError, exitCodes, projectFolder } from "@dit-bench/runner";
import { print, printJson, printNote } from "../print.ts";
import { reportProblem } from "../report-error.ts";
import { counted } from "../settings.ts";
import { recordsForTable } from "../table-records.ts";
import { tableText } from "../table-text.ts";

export interface TableOptions {
  recipe: string;
  from?: string;
  out?: string;
  json?: boolean;
}

export async function table(options: TableOptions): Promise<void> {
  const published = join(projectFolder(), "results", options.recipe);
  const from = options.from ? resolve(options.from) : published;
  const status = await stat(from).catch(() => undefined);
  if (!status?.isDirectory()) {
    const what = options.from ? `--from ${shown(options.from)}` : `results/${options.recipe}`;
    throw new BenchError(
      "data",
      `${what}: ${status ? "it is a file, expected a folder" : "there is no such folder"}; ` +
        `make records with 'bench grid --recipe ${options.recipe}', then 'bench table --from runs'`,
    );
  }
  const incomplete = await writeTables(from, options.out ? resolve(options.out) : from, options.json ?? false);
  if (incomplete) process.exitCode = exitCodes.someCellsFailed;
}

/**
 * Prints the tables of every protocol found below `from`, and writes them with their charts: into `out` itself where there is one
 * protocol, into a folder each where there are more. Returns true if records were damaged: they are named on stderr and in the
 * tables, and the command ends with exit code 3. Throws an error with exit code 4 where no table can be made, or where the
 * records of a protocol cannot share one; the tables of the other protocols are written all the same.
 */
export async function writeTables(from: string, out: string, json: boolean): Promise<boolean> {
  const { records, damaged, passedOver } = await recordsForTable(from, out);
  const problems = damaged.map(({ reason }) => reason);
  if (passedOver.length > 0)
    printNote(
      `${counted(passedOver.length, "record")} below ${out} passed over as copies of an earlier table, such as ` +
        `${passedOver[0]!.path}; choose another --out to count them\n`,
    );
  if (records.length === 0) {
    problems.forEach(reportProblem);
    throw new BenchError(
      "data",
      damaged.length > 0
        ? `${shown(from)}: none of the records below this folder can be read`
        : `${shown(from)}: no records below this folder; 'bench run' and 'bench grid' make them`,
    );
  }
  const pathOf = new Map(records.map(({ record, path }) => [record, path]));
  const leftOut = damaged.map(({ path }) => relative(from, path));
  const groups = [...groupByProtocol(records.map(({ record }) => record))];
  const folderName = fileNames();
  const written = [];
  const errors: Error[] = [];
  for (const [protocol, group] of groups) {
    const folder = groups.length === 1 ? out : join(out, folderName(protocol));
    try {
      const { paths, comparison } = await writeReport(group, folder, {
        pathOf: (record) => pathOf.get(record),
        leftOut,
      });
      if (resolve(out) !== resolve(from)) await copyRecords(comparison.records, pathOf, join(folder, "records"));
      written.push({ protocol, records: comparison.records.length, ...paths });
      print(describe(comparison, paths, leftOut));
    } catch (error) {
      errors.push(error as Error);
    }
  }
  problems.push(...errors.slice(1).map(({ message }) => message));
  problems.forEach(reportProblem); // after the tables, where they are seen
  if (errors[0] !== undefined) throw errors[0];
  if (json) printJson({ tables: written, damaged });
  return damaged.length > 0;
}

function describe(comparison: Comparison, paths: ReportPaths, leftOut: readonly string[]): string {
  const files = Object.values(paths).map((path) => shown(relative(process.cwd(), path) || path));
  const wholeTable = shown(relative(process.cwd(), paths.markdown) || paths.markdown);
  return [
    `${shown(comparison.protocol)}: ${counted(comparison.records.length, "record")}`,
    "",
    tableText(comparison, { wholeTable, leftOut }),
    "",
    ...files.map((file) => `  ${file}`),
    "",
  ].join("\n");
}

/** As they are, into a folder a dataset, named by label and seed. Datasets' names and labels may be a stranger's. */
async function copyRecords(
  records: readonly RunRecord[],
  pathOf: ReadonlyMap<RunRecord, string>,
  folder: string,
): Promise<void> {
  const datasetName = fileNames();
  const labelName = fileNames();
  for (const record of records) {
    const { dataset, methodLabel, seed } = record.cell;
    const label = labelName(methodLabel).toLowerCase();
    const path = join(folder, datasetName(dataset), `${label}-seed-${seed}.json`);
    await replaceFile(path, await readFile(pathOf.get(record)!));
  }
}
