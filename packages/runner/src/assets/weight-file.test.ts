// Reading files of weights.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { afterAll, expect, test } from "vitest";
import { readWeights } from "./weight-file.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-weight-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("readWeights gives the values, the file's SHA-256 and its metadata", () => {
  const path = join(folder, "small.safetensors");
  writeSafetensors(path, [["w", { type: "F32", shape: [2], data: Float32Array.of(1, 2) }]], { of: "a test" });
  expect(readWeights(path, [{ name: "w", shape: [2] }], "make it")).toEqual({
    values: { w: Float32Array.of(1, 2) },
    sha256: createHash("sha256").update(readFileSync(path)).digest("hex"),
    metadata: { of: "a test" },
  });
  expect(() => readWeights(path, [{ name: "w", shape: [3] }], "make it")).toThrow("'w' is [2], wanted [3]; make it");
});

test.each<[string, StoredTensor, string]>([
  ["NaN", { type: "F32", shape: [2], data: Float32Array.of(1, Number.NaN) }, "number 1 of 'w' is NaN"],
  ["whole numbers", { type: "I32", shape: [2], data: Int32Array.of(1, 2) }, "'w' holds I32"],
])("readWeights refuses %s, with the file's name and the remedy", (_, tensor, message) => {
  const path = join(folder, "wrong.safetensors");
  writeSafetensors(path, [["w", tensor]]);
  const read = () => readWeights(path, [{ name: "w", shape: [2] }], "make it");
  expect(read).toThrow(
    expect.objectContaining({ exitCode: 4, message: expect.stringContaining(`${path}: ${message}`) }),
  );
  expect(read).toThrow(/; make it$/);
});
