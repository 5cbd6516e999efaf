// Files that carry a SHA-256 of their own content.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integers } from "@dit-bench/random";
import { readSafetensors, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { afterAll, expect, test } from "vitest";
import { readChecked, writeChecked } from "./checked-file.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-checked-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tensors: [string, StoredTensor][] = [
  ["w", { type: "F32", shape: [2, 2], data: Float32Array.of(1, -2, 3, 0) }],
  ["a", { type: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }],
];

test("readChecked gives back what writeChecked wrote, which is an ordinary safetensors file", () => {
  const path = join(folder, "whole.safetensors");
  writeChecked(path, tensors, { about: "a test" });
  const { tensors: read, metadata } = readChecked(path);
  expect(metadata).toEqual({ about: "a test" });
  expect(new Map(read)).toEqual(new Map(tensors));
  expect(readSafetensors(path).tensors.get("w")).toEqual(tensors[0]![1]);
});

test("readChecked notices a flipped bit in any byte of the header and the numbers", () => {
  const path = join(folder, "flipped.safetensors");
  writeChecked(path, tensors, { about: "a test" });
  const intact = readFileSync(path);
  for (let n = 0; n < intact.length; n++) {
    const bytes = Buffer.from(intact);
    bytes[n]! ^= 1 << ((5 * n) % 8);
    writeFileSync(path, bytes);
    expect(() => readChecked(path), `byte ${n}`).toThrow(path);
  }
});

test("readChecked refuses a file that was truncated or overwritten with zeros", () => {
  const path = join(folder, "cut.safetensors");
  writeChecked(path, tensors, {});
  const intact = readFileSync(path);
  const lengths = integers(0, "checked-file.test", 0, 30, intact.length);
  for (const bytes of [...lengths].map((n) => intact.subarray(0, n)).concat(Buffer.alloc(intact.length))) {
    writeFileSync(path, bytes);
    expect(() => readChecked(path), `${bytes.length} bytes`).toThrow(path);
  }
});

test("readChecked refuses a file without a digest, and one whose content was exchanged", () => {
  const path = join(folder, "other.safetensors");
  writeSafetensors(path, tensors, { about: "a test" });
  expect(() => readChecked(path)).toThrow("it has no digest");
  writeChecked(path, tensors, { about: "a test" });
  const { metadata } = readSafetensors(path);
  const renamed = tensors.map(([name, tensor]) => [name === "w" ? "v" : name, tensor] as const);
  for (const [changed, about] of [
    [renamed, metadata],
    [tensors, { ...metadata, about: "another" }],
    [tensors.slice(1), metadata],
  ] as const) {
    writeSafetensors(path, changed, about);
    expect(() => readChecked(path)).toThrow("does not match its SHA-256");
  }
});
