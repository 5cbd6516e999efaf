// Finds the records below a folder that may also contain other files and damaged records.

import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isIgnoredName } from "@dit-bench/files";
import { printable } from "@dit-bench/text";
import { parseRecordFile, RecordError, toRecord } from "./files.ts";
import type { RunRecord } from "./schema.ts";

export interface FoundRecord {
  path: string;
  record: RunRecord;
}

/** A file that looks like a record and cannot be read, or a folder that cannot be listed. */
export interface DamagedRecord {
  path: string;
  /** The complete message, with the path and what to do. */
  reason: string;
}

export interface FoundRecords {
  /** The records in the order of their paths. */
  records: FoundRecord[];
  damaged: DamagedRecord[];
}

/** Larger JSON files belong to other programs: a record with a million losses has half of this size. */
const largestRecord = 128e6;

/** So many files are read at the same time: the CPU works while the disk, or a file server, answers. */
const READ_TOGETHER = 32;

/**
 * Reads every record below `folder`. Damaged records are listed beside the others.
 *
 * It skips hidden names (temporary files have such names), folders that operating systems create, and JSON files that
 * do not look like a record. A file looks like a record if it has at least two of the top-level keys `protocol`,
 * `identity` and `cell`. A file that is not JSON looks like one if the keys are in its text, or if its name is
 * `record.json` or `NAME-seed-N.json`. Links to folders are not followed. Throws only if `folder` itself cannot be
 * read.
 */
export async function findRecords(folder: string): Promise<FoundRecords> {
  const found: FoundRecords = { records: [], damaged: [] };
  const paths = await jsonPaths(folder, await readdir(folder, { withFileTypes: true }), found.damaged);
  paths.sort(byCodeUnit);
  for (let first = 0; first < paths.length; first += READ_TOGETHER) {
    const some = paths.slice(first, first + READ_TOGETHER);
    const results = await Promise.allSettled(some.map(readLikelyRecord));
    for (const [i, result] of results.entries()) {
      const path = some[i]!;
      if (result.status === "rejected") found.damaged.push({ path, reason: (result.reason as Error).message });
      else if (result.value !== null) found.records.push({ path, record: result.value });
    }
  }
  found.damaged.sort((a, b) => byCodeUnit(a.path, b.path));
  return found;
}

/** Compares by code units, so that the order is equal on every machine. */
const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function jsonPaths(folder: string, entries: readonly Dirent[], damaged: DamagedRecord[]): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (isIgnoredName(entry.name)) continue;
    if (entry.name.endsWith(".json")) paths.push(path);
    if (!entry.isDirectory()) continue;
    try {
      paths.push(...(await jsonPaths(path, await readdir(path, { withFileTypes: true }), damaged)));
    } catch (error) {
      const cause = printable((error as Error).message);
      damaged.push({
        path,
        reason: `cannot list ${printable(path)} (${cause}); make it readable or move it elsewhere`,
      });
    }
  }
  return paths;
}

/** Reads a file if it looks like a record. Returns null for any other file. */
async function readLikelyRecord(path: string): Promise<RunRecord | null> {
  const hasRecordName = /^record\.json$|-seed-\d+\.json$/.test(basename(path));
  const refuse = (reason: string) => {
    if (hasRecordName)
      throw new RecordError(`cannot read ${printable(path)}: ${reason}; delete it and run the cell again`);
    return null;
  };
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (status instanceof Error)
    return refuse(status.code === "ENOENT" ? "it is a link to a file that does not exist" : printable(status.message));
  if (status.isDirectory()) return refuse("it is a folder, expected a file");
  if (!status.isFile()) return refuse("it is not a regular file");
  if (status.size > largestRecord) return refuse(`it has ${status.size} bytes, more than any record`);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const cause = printable((error as Error).message);
    throw new RecordError(`cannot read ${printable(path)} (${cause}); make it readable or move it elsewhere`);
  }
  let value: unknown;
  try {
    value = parseRecordFile(path, bytes);
  } catch (error) {
    if (hasRecordName || looksLikeRecord((key) => Buffer.from(bytes).includes(`"${key}"`))) throw error;
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const keys = Object.keys(value);
  return looksLikeRecord((key) => keys.includes(key)) ? toRecord(path, value) : null;
}

/** Two of the three keys are enough, so that one damaged key does not hide a record. */
const looksLikeRecord = (has: (key: string) => boolean): boolean =>
  ["protocol", "identity", "cell"].filter(has).length >= 2;
