// `bench table`: prints and writes the comparison tables and charts of records.

import { join, relative } from "node:path";
import { fileNames, pathBelow } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import {
  type Comparison,
  comparison,
  groupByProtocol,
  type PrintOptions,
  type ReportPaths,
  writeReport,
} from "@dit-bench/report";
import { BenchError, exitCodes } from "@dit-bench/runner";
import { printable, quantity } from "@dit-bench/text";
import { copyRecords } from "../copy-records.ts";
import type { TableOptions } from "../declarations/table.ts";
import { checkOutputFolder } from "../outputs.ts";
import { splitNames } from "../parser/values.ts";
import { print, printJson, printNote, shownPath } from "../print.ts";
import { outputFolder, recordsFolder, requireFolders } from "../records-folder.ts";
import { reportProblem } from "../report-error.ts";
import { findTableRecords } from "../table-records.ts";
import { formatTable } from "../table-text.ts";

export async function table(options: TableOptions): Promise<void> {
  if (options.out !== undefined) checkOutputFolder(options.out, "--out");
  const from = await recordsFolder(options, "table");
  await requireFolders(options.with);
  const out = outputFolder(options, from);
  const hasDamaged = await writeTables(from, out, options.json, {
    columns: options.columns === undefined ? undefined : splitNames("--columns", options.columns),
    withPaper: options.withPaper,
    withRealImages: options.withRealImages,
    others: options.with,
  });
  if (hasDamaged) process.exitCode = exitCodes.someCellsFailed;
}

interface TableChoice extends Pick<PrintOptions, "columns" | "withPaper"> {
  readonly withRealImages?: boolean;
  /** Folders whose records of the same protocols are counted, too. */
  readonly others?: readonly string[];
}

/**
 * Prints the tables of every protocol found below `from`, and writes them with their charts into `out`, or into one
 * folder for each protocol there. Throws an error with exit code 4 if there are no records, or if the records of a
 * protocol cannot share a table; the tables of the other protocols are still written.
 *
 * @returns whether records were damaged; they are named on stderr and in the tables
 */
export async function writeTables(
  from: string,
  out: string,
  json: boolean,
  { withRealImages = false, others = [], ...choice }: TableChoice = {},
): Promise<boolean> {
  const { records, damaged, passedOver, notes } = await findTableRecords(from, out, others);
  const problems = damaged.map(({ reason }) => reason);
  for (const note of notes) printNote(`${note}\n`);
  if (passedOver.length > 0)
    printNote(
      `${quantity(passedOver.length, "record")} below ${out} ignored as copies of an earlier table, such as ` +
        `${passedOver[0]!.path}; choose another --out to count them\n`,
    );
  if (records.length === 0) {
    problems.forEach(reportProblem);
    throw new BenchError(
      "data",
      damaged.length > 0
        ? `${printable(from)}: none of the records below this folder can be read`
        : `${printable(from)}: no records below this folder; 'bench run' and 'bench grid' make them`,
    );
  }
  const pathOf = new Map(records.map(({ record, path }) => [record, path]));
  const options = { ...choice, leftOut: damaged.map(({ path }) => relative(from, path)) };
  const groups = [...groupByProtocol(records.map(({ record }) => record))];
  const folderName = fileNames();
  const written = [];
  const errors: Error[] = [];
  for (const [protocol, group] of groups) {
    const folder = groups.length === 1 ? out : join(out, folderName(protocol));
    try {
      const pathOfRecord = (record: RunRecord) => pathOf.get(record);
      const compared = comparison(group, { pathOf: pathOfRecord });
      const paths = await writeReport(group, folder, { pathOf: pathOfRecord, ...options })
        .then((report) => report.paths)
        .catch((error) => {
          // The user can read the table, even if it cannot be written.
          print(describeComparison(compared, undefined, options));
          throw explainWriteError(folder, error);
        });
      if (pathBelow(from, out) !== "") {
        const copies = join(folder, "records");
        noteFormerCopies(await copyRecords(compared, pathOf, copies, withRealImages), copies);
      }
      written.push({ protocol, records: compared.records.length, ...paths });
      print(describeComparison(compared, paths, options));
    } catch (error) {
      errors.push(error as Error);
    }
  }
  problems.push(...errors.slice(1).map(({ message }) => message));
  problems.forEach(reportProblem); // after the tables, so that they are not scrolled away
  if (errors[0] !== undefined) throw errors[0];
  if (json) printJson({ tables: written, damaged });
  return damaged.length > 0;
}

function noteFormerCopies(former: readonly string[], copies: string): void {
  if (former.length === 0) return;
  printNote(
    `${quantity(former.length, "file")} of an earlier table moved to ${printable(join(copies, ".former"))}, because ` +
      `this table does not have them, such as ${printable(former[0]!)}; delete them if they are no longer needed\n`,
  );
}

/** Adds advice to a system error; returns other errors unchanged. */
function explainWriteError(folder: string, error: NodeJS.ErrnoException): Error {
  if (error.code === undefined || error.syscall === undefined) return error;
  return new BenchError(
    "io",
    `tables and chart cannot be written to ${printable(folder)} (${error.code}); ` +
      "choose another folder with 'bench table --out'",
    { cause: error },
  );
}

/** Returns the text of one table. @param paths undefined if nothing could be written */
function describeComparison(compared: Comparison, paths: ReportPaths | undefined, options: PrintOptions): string {
  const files = Object.values(paths ?? {}).map(shownPath);
  const wholeTable = paths && shownPath(paths.markdown);
  return [
    `${printable(compared.protocol)}: ${quantity(compared.records.length, "record")}`,
    "",
    formatTable(compared, { ...options, wholeTable }),
    "",
    ...files.map((file) => `  ${file}`),
    "",
  ].join("\n");
}
