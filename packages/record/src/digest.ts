// The digest of a record, stored in it, so that a damaged file is not taken for a result.

import { createHash } from "node:crypto";

/**
 * SHA-256 of the record's canonical text: JSON without the field `digest`, keys of every object sorted by code unit, no
 * white space. It does not depend on white space and the order of keys in the file, nor on the order in the schema.
 */
export function recordDigest(record: object): string {
  const { digest: _, ...content } = record as Record<string, unknown>;
  return createHash("sha256")
    .update(JSON.stringify(sortKeys(content)))
    .digest("hex");
}

/** The value with the keys of all objects sorted by code unit. */
export function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)])) as T;
}
