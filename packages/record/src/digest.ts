// Computes the digest of a record. The record stores its digest, so that readers can detect a damaged file.

import { createHash } from "node:crypto";

/**
 * SHA-256 of the record's canonical text: JSON without the field `digest`, keys of every object sorted by code unit, no
 * white space. The digest does not depend on white space, on the order of keys in the file or on that in the schema.
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
