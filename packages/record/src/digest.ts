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

/** The value with the keys of all objects sorted by code unit. Lists of numbers or texts are not copied. */
export function sortKeys<T>(value: T): T {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.some(isObject) ? (value.map(sortKeys) as T) : value;
  const keys = Object.keys(value).sort(); // by code unit
  const given = value as Readonly<Record<string, unknown>>;
  // An assignment to this key would set the prototype.
  if (keys.includes("__proto__")) return Object.fromEntries(keys.map((key) => [key, sortKeys(given[key])])) as T;
  const sorted: Record<string, unknown> = {};
  for (const key of keys) sorted[key] = sortKeys(given[key]);
  return sorted as T;
}

const isObject = (value: unknown): boolean => value !== null && typeof value === "object";
