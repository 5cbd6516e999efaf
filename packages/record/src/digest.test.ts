// Tests the canonical order of keys against a plain form of it, for any value that JSON can hold.

import fc from "fast-check";
import { expect, test } from "vitest";
import { recordDigest, sortKeys } from "./digest.ts";

/** The keys of all objects sorted, with every list and object copied. */
function plainlySorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainlySorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, plainlySorted(inner)]));
}

test("sortKeys gives the text of a plain sort, also for keys such as 10, 9 and __proto__", () => {
  const property = fc.property(fc.jsonValue(), (value) => {
    expect(JSON.stringify(sortKeys(value))).toBe(JSON.stringify(plainlySorted(value)));
  });
  fc.assert(property, { numRuns: 300, seed: 1 });
  const special = JSON.parse('{"b":[{"z":1,"a":2}],"10":1,"9":{"__proto__":[2,1],"A":null},"__proto__":{"y":1,"x":2}}');
  expect(JSON.stringify(sortKeys(special))).toBe(JSON.stringify(plainlySorted(special)));
});

test("recordDigest depends on no order of keys, but on the order of lists", () => {
  const digest = recordDigest({ a: 1, b: [1, 2], digest: "left out" });
  expect(recordDigest({ b: [1, 2], a: 1 })).toBe(digest);
  expect(recordDigest({ b: [2, 1], a: 1 })).not.toBe(digest);
});
