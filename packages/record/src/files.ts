/** Records as JSON files: one file per run, keys always in the same order. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "@dit-bench/files";
import { z } from "zod";
import { type RunRecord, recordSchema } from "./schema.ts";

/** A record that cannot be read or must not be written; the message names the file. */
export class RecordError extends Error {
  override name = "RecordError";
}

/** Reads one record. Throws a {@link RecordError} if the file is no JSON or no record; system errors pass through. */
export async function readRecord(path: string): Promise<RunRecord> {
  return toRecord(path, parse(path, await readFile(path, "utf8")));
}

/**
 * Reads every record below a folder, in the order of their paths. JSON files that do not claim to be records (no
 * `protocol` and `cell` at the top) are passed over; one that does and is not, or that is no JSON, is a
 * {@link RecordError}, because a table that leaves out a run in silence is wrong. Links to folders are not followed.
 */
export async function readRecords(folder: string): Promise<RunRecord[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort(); // by code unit: the same order on every machine
  const records: RunRecord[] = [];
  for (const path of paths) {
    const value = parse(path, await readFile(path, "utf8"));
    if (claimsToBeRecord(value)) records.push(toRecord(path, value));
  }
  return records;
}

/**
 * Writes a record as JSON that is the same for equal records: keys in the schema's order, those of free maps sorted,
 * two spaces, a newline at the end. Whole or not at all. Throws a {@link RecordError} if it is no valid record.
 */
export async function writeRecord(path: string, record: RunRecord): Promise<void> {
  await replaceFile(path, formatRecord(toRecord(path, record)));
}

function formatRecord(record: RunRecord): string {
  const ordered: RunRecord = {
    ...record, // the schema returns its keys in its own order
    cell: { ...record.cell, options: sortKeys(record.cell.options) },
    settings: sortKeys(record.settings),
    versions: sortKeys(record.versions),
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)])) as T;
}

function parse(path: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new RecordError(
      `cannot read ${path}: it is no JSON (${(error as Error).message}); remove it, or run its cell again`,
    );
  }
}

function claimsToBeRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && "protocol" in value && "cell" in value;
}

function toRecord(path: string, value: unknown): RunRecord {
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  const version = (value as { schema?: unknown } | null)?.schema;
  const reason =
    typeof version === "number" && version > 1
      ? `its schema is ${version}, this program knows 1; read it with a newer version`
      : `${z.prettifyError(result.error).replaceAll(/\s*\n\s*/g, " ")}; remove it, or run its cell again`;
  throw new RecordError(`${path} is not a valid record: ${reason}`);
}
