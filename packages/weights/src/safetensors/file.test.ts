// Tests that safetensors files are read, and are written whole or not at all.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { CorruptFileError, decodeSafetensors, readSafetensors, type StoredTensor, writeSafetensors } from "../index.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tensors: [string, StoredTensor][] = [["a", { type: "F32", shape: [2], data: new Float32Array([1, 2]) }]];
const everyType = fileURLToPath(new URL("../fixtures/every-type.safetensors", import.meta.url));

test("readSafetensors returns the tensors that decodeSafetensors returns for the file's bytes", () => {
  expect(readSafetensors(everyType)).toEqual(decodeSafetensors(readFileSync(everyType)));
});

test("writeSafetensors replaces a file and leaves no temporary file", () => {
  const inner = join(folder, "replace");
  mkdirSync(inner);
  const path = join(inner, "model.safetensors");
  writeFileSync(path, "old");
  writeSafetensors(path, tensors, { step: "3" });
  expect(readSafetensors(path)).toEqual({ tensors: new Map(tensors), metadata: { step: "3" } });
  expect(readdirSync(inner)).toEqual(["model.safetensors"]);
});

test("writeSafetensors keeps the previous file on an error and leaves no temporary file", () => {
  const inner = join(folder, "fail");
  mkdirSync(join(inner, "model.safetensors"), { recursive: true }); // a rename cannot replace a folder
  expect(() => writeSafetensors(join(inner, "model.safetensors"), tensors)).toThrow();
  expect(readdirSync(inner)).toEqual(["model.safetensors"]);
});

test("readSafetensors names the path of a corrupt file and passes on system errors", () => {
  const path = join(folder, "short.safetensors");
  writeFileSync(path, readFileSync(everyType).subarray(0, -1));
  expect(() => readSafetensors(path)).toThrow(CorruptFileError);
  expect(() => readSafetensors(path)).toThrow(path);
  expect(() => readSafetensors(join(folder, "missing"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
});
