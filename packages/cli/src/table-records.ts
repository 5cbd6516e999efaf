// Finds the records for a table: all below a folder, except the copies that an earlier table wrote there.

import { sep } from "node:path";
import { pathBelow } from "@dit-bench/files";
import { type FoundRecord, type FoundRecords, findRecords } from "@dit-bench/record";
import { isSameRun, joinWithAnd } from "@dit-bench/report";
import { printable } from "@dit-bench/text";

export interface TableRecords extends FoundRecords {
  /** Copies of an earlier table whose original is missing or has another result; they are not used. */
  passedOver: FoundRecord[];
  /** Which of the other folders have no records of these protocols, as messages. */
  unused: string[];
}

/**
 * Finds the records below `from`, and those of the same protocols below other folders, such as published ones. If
 * `out` is below `from`, the records in `OUT/records` and `OUT/PROTOCOL/records` are copies of an earlier table.
 */
export async function findTableRecords(
  from: string,
  out: string,
  others: readonly string[] = [],
): Promise<TableRecords> {
  const { records, damaged } = await findRecords(from);
  const hasCopies = Boolean(pathBelow(from, out));
  const isCopy = ({ path }: { path: string }) => hasCopies && isOwnCopy(pathBelow(out, path));
  const originals = records.filter((found) => !isCopy(found));
  const passedOver = records.filter(
    (found) => isCopy(found) && !originals.some(({ record }) => isSameRun(record, found.record)),
  );
  const protocols = new Set(originals.map(({ record }) => record.protocol));
  const found: TableRecords = {
    records: originals,
    damaged: damaged.filter((one) => !isCopy(one)),
    passedOver,
    unused: [],
  };
  for (const folder of originals.length === 0 ? [] : others) {
    const other = await findRecords(folder);
    const comparable = other.records.filter(({ record }) => protocols.has(record.protocol));
    // A user's own run of a published cell differs in the last digits on another CPU: the own one counts.
    found.records.push(...comparable.filter((one) => originals.every((own) => !isOtherRun(own, one))));
    found.damaged.push(...other.damaged);
    if (comparable.length === 0) found.unused.push(describeUnused(folder, other.records, protocols));
  }
  return found;
}

/** Whether two records are of one cell and have different results. */
function isOtherRun({ record: a }: FoundRecord, { record: b }: FoundRecord): boolean {
  const keys = ["method", "methodLabel", "dataset", "seed"] as const;
  return a.protocol === b.protocol && keys.every((key) => a.cell[key] === b.cell[key]) && !isSameRun(a, b);
}

function describeUnused(folder: string, records: readonly FoundRecord[], wanted: ReadonlySet<string>): string {
  const others = [...new Set(records.map(({ record }) => record.protocol))];
  return (
    `--with ${printable(folder)}: no records of ${joinWithAnd([...wanted].map(printable))} below it` +
    (others.length === 0 ? "" : `, only of ${joinWithAnd(others.map(printable))}, which is another comparison`)
  );
}

/** @param path from OUT to a record; undefined if the record is elsewhere */
const isOwnCopy = (path: string | undefined): boolean => path?.split(sep).slice(0, 2).includes("records") ?? false;
