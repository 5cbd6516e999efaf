import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integers } from "@dit-bench/random";
import { readSafetensors, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { afterAll, expect, test } from "vitest";
import { readChecked, writeChecked } from "./checked-file.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-sealed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tensors: [string, StoredTensor][] = [
  ["w", { type: "F32", shape: [2, 2], data: Float32Array.of(1, -2, 3, 0) }],
  ["a", { type: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }],
];

test("a sealed file comes back as it was written, and is an ordinary safetensors file", () => {
  const path = join(folder, "whole.safetensors");
  writeChecked(path, tensors, { about: "a test" });
  const { tensors: read, metadata } = readChecked(path);
  expect(metadata).toEqual({ about: "a test" });
  expect(new Map(read)).toEqual(new Map(tensors));
  expect(readSafetensors(path).tensors.get("w")).toEqual(tensors[0]![1]);
});

test("a flipped bit in any byte is noticed, in the header as in the numbers", () => {
  const path = join(folder, "flipped.safetensors");
  writeChecked(path, tensors, { about: "a test" });
  const sound = readFileSync(path);
  for (let n = 0; n < sound.length; n++) {
    const bytes = Buffer.from(sound);
    bytes[n]! ^= 1 << ((5 * n) % 8);
    writeFileSync(path, bytes);
    expect(() => readChecked(path), `byte ${n}`).toThrow(path);
  }
});

test("a file that is cut, empty or zeroed is noticed", () => {
  const path = join(folder, "cut.safetensors");
  writeChecked(path, tensors, {});
  const sound = readFileSync(path);
  const lengths = integers(0, "sealed-file.test", 0, 30, sound.length);
  for (const bytes of [...lengths].map((n) => sound.subarray(0, n)).concat(Buffer.alloc(sound.length))) {
    writeFileSync(path, bytes);
    expect(() => readChecked(path), `${bytes.length} bytes`).toThrow(path);
  }
});

test("a file without a digest, and content exchanged under the old digest, are refused", () => {
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
