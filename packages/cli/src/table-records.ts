// Finds the records for a table: all below a folder, except the copies that an earlier table wrote there.

import { sep } from "node:path";
import { pathBelow } from "@dit-bench/files";
import { type FoundRecord, type FoundRecords, findRecords } from "@dit-bench/record";
import { isSameRun } from "@dit-bench/report";

export interface TableRecords extends FoundRecords {
  /** Copies of an earlier table whose original is missing or has another result; they are not used. */
  passedOver: FoundRecord[];
}

/** If `out` is below `from`, the records in `OUT/records` and `OUT/PROTOCOL/records` are copies of an earlier table. */
export async function findTableRecords(from: string, out: string): Promise<TableRecords> {
  const { records, damaged } = await findRecords(from);
  const hasCopies = Boolean(pathBelow(from, out));
  const isCopy = ({ path }: { path: string }) => hasCopies && isOwnCopy(pathBelow(out, path));
  const originals = records.filter((found) => !isCopy(found));
  const passedOver = records.filter(
    (found) => isCopy(found) && !originals.some(({ record }) => isSameRun(record, found.record)),
  );
  return { records: originals, damaged: damaged.filter((found) => !isCopy(found)), passedOver };
}

/** @param path from OUT to a record; undefined if the record is elsewhere */
const isOwnCopy = (path: string | undefined): boolean => path?.split(sep).slice(0, 2).includes("records") ?? false;
