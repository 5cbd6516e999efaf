// Reads the labels of a dataset from a CSV file (RFC 4180, parsed by csv-parse).

import { quantity } from "@dit-bench/text";
import { CsvError, parse } from "csv-parse/sync";
import { DataError } from "../data-error.ts";

/**
 * Reads the fields of `columns` in each row of a CSV file, whose first line names its columns. Blank lines are
 * ignored. Throws DataError (labels) where a column is missing, a row has another number of fields than the first line,
 * or the quotes do not match; the message gives the line.
 */
export function readCsv<Column extends string>(
  text: string,
  path: string,
  columns: readonly Column[],
): readonly Readonly<Record<Column, string>>[] {
  let header: string[] | undefined;
  const rows = parseRows<Record<Column, string>>(text, path, (names) => {
    header = names;
    return names.map((name) => (columns.includes(name as Column) ? name : false));
  });
  if (header === undefined) throw new DataError("labels", `"${path}" is empty, expected a line of column names`);
  const missing = columns.filter((column) => !header!.includes(column));
  if (missing.length > 0) throw new DataError("labels", `"${path}" has no column ${missing.join(" and no column ")}`);
  return rows;
}

/** @param select called with the first line; gives the name under which each column is kept, or false */
function parseRows<Row>(text: string, path: string, select: (names: string[]) => (string | false)[]): Row[] {
  try {
    return parse(text, {
      bom: true,
      columns: select,
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_empty_lines: true,
    }) as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError("labels", `"${path}", line ${error.lines}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: CsvError): string {
  switch (error.code) {
    case "CSV_RECORD_INCONSISTENT_COLUMNS":
      return `${quantity((error.record as string[]).length, "field")}, expected ${(error.columns as unknown[]).length}`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quoted field does not end";
    case "CSV_INVALID_CLOSING_QUOTE":
    case "INVALID_OPENING_QUOTE":
      return "a quote inside a field";
    default:
      return error.message;
  }
}
