// Finds the records for a table: all below a folder, except the copies that an earlier table wrote there.

import { sep } from "node:path";
import { pathBelow } from "@dit-bench/files";
import { type FoundRecord, type FoundRecords, findRecords, type RunRecord } from "@dit-bench/record";
import { cellKey, isSameRun, joinWithAnd } from "@dit-bench/report";
import { printable, quantity } from "@dit-bench/text";

export interface TableRecords extends FoundRecords {
  /** Copies of an earlier table whose original is missing or has another result; they are not used. */
  passedOver: FoundRecord[];
  /** Messages on the other folders: which have no records of these protocols, and how many records do not count. */
  notes: string[];
}

/**
 * Finds the records below `from`, and those of the same protocols below other folders, such as published ones. If
 * `out` is below `from`, the records in `OUT/records` and `OUT/PROTOCOL/records` are copies of an earlier table.
 *
 * A user's own run of a published cell differs in the last digits on another CPU. Of such a cell the own run counts.
 */
export async function findTableRecords(
  from: string,
  out: string,
  others: readonly string[] = [],
): Promise<TableRecords> {
  const { originals, copies, damaged } = await findOriginals(from, out);
  const passedOver = copies.filter((found) => !originals.some(({ record }) => isSameRun(record, found.record)));
  const protocols = new Set(originals.map(({ record }) => record.protocol));
  const own = new Map(originals.map(({ record }) => [keyOf(record), record]));
  const found: TableRecords = { records: [...originals], damaged, passedOver, notes: [] };
  for (const folder of originals.length === 0 ? [] : others) {
    const other = await findOriginals(folder, out);
    const comparable = other.originals.filter(({ record }) => protocols.has(record.protocol));
    const counted = comparable.filter(({ record }) => isSameRun(own.get(keyOf(record)) ?? record, record));
    found.records.push(...counted);
    if (comparable.length > 0) found.damaged.push(...other.damaged);
    else found.notes.push(describeUnused(folder, other.originals, protocols));
    if (counted.length < comparable.length)
      found.notes.push(
        `${quantity(comparable.length - counted.length, "record")} below --with ${printable(folder)} left out: ` +
          `${printable(from)} has other results of the same cells, and these count`,
      );
  }
  return found;
}

/** The records below a folder, those that an earlier table copied into `out` apart. */
async function findOriginals(folder: string, out: string) {
  const { records, damaged } = await findRecords(folder);
  const hasCopies = Boolean(pathBelow(folder, out));
  const isCopy = ({ path }: { path: string }) => hasCopies && isOwnCopy(pathBelow(out, path));
  const originals: FoundRecord[] = [];
  const copies: FoundRecord[] = [];
  for (const found of records) (isCopy(found) ? copies : originals).push(found);
  return { originals, copies, damaged: damaged.filter((found) => !isCopy(found)) };
}

const keyOf = (record: RunRecord): string => JSON.stringify([record.protocol, cellKey(record)]);

function describeUnused(folder: string, records: readonly FoundRecord[], wanted: ReadonlySet<string>): string {
  const others = [...new Set(records.map(({ record }) => record.protocol))];
  return (
    `--with ${printable(folder)}: no records of ${joinWithAnd([...wanted].map(printable))} below it` +
    (others.length === 0 ? "" : `, only of ${joinWithAnd(others.map(printable))}, which is another comparison`)
  );
}

/** @param path from OUT to a record; undefined if the record is elsewhere */
const isOwnCopy = (path: string | undefined): boolean => path?.split(sep).slice(0, 2).includes("records") ?? false;
