// Finds the records for a table: all below a folder, except the copies that an earlier table wrote there.

import { isAbsolute, join, relative, sep } from "node:path";
import { type FoundRecord, type FoundRecords, findRecords } from "@dit-bench/record";
import { isSameRun } from "@dit-bench/report";

export interface TableRecords extends FoundRecords {
  /** Copies of an earlier table whose original is missing or has another result; they are not used. */
  passedOver: FoundRecord[];
}

/** If `out` is below `from`, the records in `OUT/records` and `OUT/PROTOCOL/records` are copies of an earlier table. */
export async function findTableRecords(from: string, out: string): Promise<TableRecords> {
  const { records, damaged } = await findRecords(from);
  const isCopy = ({ path }: { path: string }) => isInside(out, from) && isOwnCopy(relative(out, path).split(sep));
  const originals = records.filter((found) => !isCopy(found));
  const passedOver = records.filter(
    (found) => isCopy(found) && !originals.some(({ record }) => isSameRun(record, found.record)),
  );
  return { records: originals, damaged: damaged.filter((found) => !isCopy(found)), passedOver };
}

function isOwnCopy(parts: readonly string[]): boolean {
  return parts[0] !== ".." && (parts[0] === "records" || parts[1] === "records");
}

function isInside(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path !== "" && path !== ".." && !path.startsWith(join("..", sep)) && !isAbsolute(path);
}
