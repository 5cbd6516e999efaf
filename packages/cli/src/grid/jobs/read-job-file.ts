// Reads the JSON files that belong to jobs.

import { readFile } from "node:fs/promises";
import type { z } from "@dit-bench/method";
import { describeProblem, parseJsonFile, RecordError } from "@dit-bench/record";
import { printable } from "@dit-bench/text";

/**
 * Reads a file; undefined if there is none. Throws RecordError for another content. System errors pass through: a
 * network disk that does not answer must not look like a job that never was.
 *
 * @param what the expected content
 */
export async function readJobFile<T>(
  path: string,
  schema: z.ZodType<T>,
  what: string,
  advice: string,
): Promise<T | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (bytes === undefined) return undefined;
  const result = schema.safeParse(parseJsonFile(path, bytes, advice));
  if (result.success) return result.data;
  throw new RecordError(`${printable(path)} is not ${what} (${describeProblem(result.error)}); ${advice}`);
}
