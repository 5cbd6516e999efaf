// Reads and writes one record as a JSON file, with ordered keys and a digest of its content.

import { readFile } from "node:fs/promises";
import { replaceFile } from "@dit-bench/files";
import { parseJson, printable, shorten } from "@dit-bench/text";
import { z } from "zod";
import { recordDigest, sortKeys } from "./digest.ts";
import { type RunRecord, recordSchema } from "./schema.ts";

/** A record that cannot be read or is invalid. The message names the file. */
export class RecordError extends Error {
  override name = "RecordError";
  /** How the file differs from those of this version, if a newer version wrote it: it must not be replaced. */
  readonly newer: string | undefined;
  constructor(message: string, newer?: string) {
    super(message);
    this.newer = newer;
  }
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
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = bytes.length === 0 ? "it is empty" : `it is not JSON (${printable((error as Error).message)})`;
    throw new RecordError(`cannot read ${printable(path)}: ${reason}; ${advice}`);
  }
}

/** Validates a parsed record. Throws a {@link RecordError} that names the file and the field. */
export function toRecord(path: string, value: unknown): RunRecord {
  const { digest } = (value ?? {}) as { readonly digest?: unknown };
  const newer = newerSchema(value);
  // The digest is checked before the schema: an error in the schema is more likely caused by damage.
  if (newer === undefined && typeof digest === "string" && digest !== recordDigest(value as object))
    throw new RecordError(
      `${printable(path)}: its content does not match its digest: the file was changed or damaged; ${remedy}`,
    );
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  const problem = describeProblem(result.error);
  // A field that this version does not know, in a file that is as it was written.
  const difference = newer ?? (typeof digest === "string" ? `${problem}, though its digest is right` : undefined);
  throw new RecordError(
    `${printable(path)} is not a valid record: ` +
      (difference === undefined ? `${problem}; ${remedy}` : `${difference}; read it with a newer version`),
    difference,
  );
}

function validate(path: string, value: RunRecord): RunRecord {
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  throw new RecordError(`${printable(path)} is not a valid record: ${describeProblem(result.error)}`);
}

/** The schema of a file that a newer version wrote; undefined for other files. */
export function newerSchema(value: unknown): string | undefined {
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  return typeof schema === "number" && schema > 1 ? `its schema is ${schema}, this version reads 1` : undefined;
}

/** What a schema refused, on one line. */
export const describeProblem = (error: z.ZodError): string =>
  printable(shorten(z.prettifyError(error).replaceAll(/\s*\n\s*/g, " "), mostProblem));

/** Characters of a message. A file can break the schema in a thousand places, or with a key of a megabyte. */
const mostProblem = 1000;
