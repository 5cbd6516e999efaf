/** The digest that a record carries of itself, so that a damaged file does not pass for a result. */
import { createHash } from "node:crypto";

/**
 * SHA-256 over the record's canonical text: JSON without its field `digest`, keys of every object sorted by code unit, no
 * white space. White space and the order of keys in the file do not count, and neither does the order of fields in the schema.
 */
export function recordDigest(record: object): string {
  const { digest: _, ...content } = record as Record<string, unknown>;
  return createHash("sha256")
    .update(JSON.stringify(sortKeys(content)))
    .digest("hex");
}

/** The value with the keys of all its objects in the order of their code units. */
export function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)])) as T;
}
