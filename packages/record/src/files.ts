// Reads and writes one record as a JSON file, with ordered keys and a digest of its content.

import { readFile } from "node:fs/promises";
import { replaceFile } from "@dit-bench/files";
import { printable } from "@dit-bench/text";
import { z } from "zod";
import { recordDigest, sortKeys } from "./digest.ts";
import { type RunRecord, recordSchema } from "./schema.ts";

/** A record that cannot be read or is invalid. The message names the file. */
export class RecordError extends Error {
  override name = "RecordError";
}

const remedy = "delete it and run the cell again";

/**
 * Reads one record. Throws a {@link RecordError} if `path` is a folder, not JSON or not a record, or if its content
 * does not match its digest. Other system errors pass through.
 */
export async function readRecord(path: string): Promise<RunRecord> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR")
      throw new RecordError(`cannot read ${printable(path)}: it is a folder, expected a file; ${remedy}`);
    throw error;
  }
  return toRecord(path, parseRecordFile(path, bytes));
}

/**
 * Writes a record as JSON, whole or not at all. Equal records give equal bytes: keys are in the order of the schema,
 * and the keys of free maps are sorted. Throws a {@link RecordError} for an invalid record.
 */
export async function writeRecord(path: string, record: RunRecord): Promise<void> {
  await replaceFile(path, formatRecord(validate(path, record)));
}

function formatRecord(record: RunRecord): string {
  const ordered: RunRecord = {
    ...record, // the keys of a validated record are in the order of the schema
    cell: { ...record.cell, options: sortKeys(record.cell.options) },
    settings: sortKeys(record.settings),
    versions: sortKeys(record.versions),
    digest: recordDigest(record),
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

/** Parses the content of a record file. Throws a {@link RecordError} that names the file. */
export const parseRecordFile = (path: string, bytes: Uint8Array): unknown => parseJsonFile(path, bytes, remedy);

/** Parses the content of a JSON file. Throws a {@link RecordError} that names the file. @param advice what to do */
export function parseJsonFile(path: string, bytes: Uint8Array, advice: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = bytes.length === 0 ? "it is empty" : `it is not JSON (${printable((error as Error).message)})`;
    throw new RecordError(`cannot read ${printable(path)}: ${reason}; ${advice}`);
  }
}

/** Validates a parsed record. Throws a {@link RecordError} that names the file and the field. */
export function toRecord(path: string, value: unknown): RunRecord {
  const digest = (value as { digest?: unknown } | null)?.digest;
  // The digest is checked before the schema: an error in the schema is more likely caused by damage.
  if (typeof digest === "string" && digest !== recordDigest(value as object))
    throw new RecordError(
      `${printable(path)}: its content does not match its digest: the file was changed or damaged; ${remedy}`,
    );
  return validate(path, value);
}

function validate(path: string, value: unknown): RunRecord {
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  const version = (value as { schema?: unknown } | null)?.schema;
  const reason =
    typeof version === "number" && version > 1
      ? `its schema is ${version}, this version reads 1; read it with a newer version`
      : `${printable(z.prettifyError(result.error).replaceAll(/\s*\n\s*/g, " "))}; ${remedy}`;
  throw new RecordError(`${printable(path)} is not a valid record: ${reason}`);
}
