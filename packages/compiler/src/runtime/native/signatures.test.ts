// The places of functions in the C API's table: a wrong one would call another function and end the process.

import { expect, test } from "vitest";
import { versionOf } from "../../engines/entry.ts";
import { placesInTable } from "./c-api-order.test.data.ts";
import { KNOWN_VERSIONS, signatures } from "./signatures.ts";

test("every function has its place in the header's order", () => {
  expect(Object.fromEntries(Object.entries(signatures).map(([name, { index }]) => [name, index]))).toEqual(
    placesInTable,
  );
});

test("releases return nothing and take one pointer", () => {
  const releases = Object.entries(signatures).filter(([name]) => name.startsWith("Release"));
  expect(releases.length).toBeGreaterThan(3);
  for (const [name, { result, parameters }] of releases)
    expect({ name, result, parameters }).toEqual({ name, result: "void", parameters: ["uintptr_t"] });
});

test("the installed onnxruntime-node is a known version", () => {
  expect(KNOWN_VERSIONS.map((version) => `onnxruntime-node ${version}`)).toContain(versionOf("onnxruntime-node"));
});
