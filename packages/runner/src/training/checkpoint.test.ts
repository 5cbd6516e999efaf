// Checkpoints: reading, refusal, damage.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integers } from "@dit-bench/random";
import { readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readChecked, writeChecked } from "../storage/checked-file.ts";
import {
  type Checkpoint,
  type CheckpointOwner,
  readCheckpoint,
  readState,
  stateHeader,
  writeCheckpoint,
} from "./checkpoint.ts";

let path: string;
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), "dit-bench-")), "checkpoint.safetensors");
});
afterAll(() => rmSync(join(path, ".."), { recursive: true }));

const numbers = Float32Array.of(1, 2, 3);
const keptCheckpoint: Checkpoint = {
  step: 2,
  state: { weights: numbers, moment1: numbers, moment2: numbers, ema: numbers },
  losses: [0.5, 0.25],
  fixedBatchLoss: [
    { step: 0, value: 0.75 },
    { step: 2, value: null },
  ],
  seconds: 3,
  otherCoreSeconds: 0.5,
  stepMilliseconds: 12,
  resumes: 1,
  continuedFrom: { steps: 1, identity: "f" },
};
const owner: CheckpointOwner = { identity: "a", lineage: "l", engine: "cpu" };

it("reads a checkpoint of the same run and engine unchanged", async () => {
  expect(readCheckpoint(path, owner, 3)).toBeUndefined();
  writeCheckpoint(path, owner, keptCheckpoint);
  expect(readCheckpoint(path, owner, 3)).toMatchObject({ ...keptCheckpoint });
  expect(await stateHeader(path)).toEqual({ ...owner, step: 2 });
});

it("refuses a checkpoint of another run, and of another engine", () => {
  expect(() => readCheckpoint(path, { ...owner, identity: "b" }, 3)).toThrow(/another run .*; choose another --out/);
  expect(() => readCheckpoint(path, { ...owner, engine: "webgpu" }, 3)).toThrow(
    /made on engine cpu, and engine webgpu rounds differently; continue with --engine cpu, or delete it/,
  );
});

it("refuses a checkpoint with any flipped bit, with exit code 4 and the file to delete", () => {
  const intactBytes = readFileSync(path);
  const refused = expect.objectContaining({
    exitCode: 4,
    message: expect.stringMatching(/checkpoint\.safetensors.*; delete it to train from the start$/),
  });
  for (const bit of integers(0, "checkpoint.test", 0, 60, 8 * intactBytes.length)) {
    const bytes = Buffer.from(intactBytes);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, bytes);
    expect(() => readCheckpoint(path, owner, 3), `bit ${bit}`).toThrow(refused);
  }
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.alloc(intactBytes.length),
    intactBytes.subarray(0, intactBytes.length - 1),
  ]) {
    writeFileSync(path, bytes);
    expect(() => readCheckpoint(path, owner, 3)).toThrow(refused);
  }
  writeFileSync(path, intactBytes);
  expect(() => readCheckpoint(path, owner, 4)).toThrow(refused); // of a model of another size
  const { tensors, metadata } = readSafetensors(path);
  writeSafetensors(path, [...tensors].slice(1), metadata);
  expect(() => readCheckpoint(path, owner, 3)).toThrow(refused);
  rmSync(path);
  mkdirSync(path);
  expect(() => readCheckpoint(path, owner, 3)).toThrow(refused);
  rmSync(path, { recursive: true });
});

it.each<[what: string, progress: string, problem: RegExp]>([
  ["text that is not JSON", "{", /its progress is not JSON/],
  ["null", "null", /its progress is not valid/],
  ["another type of a field", JSON.stringify({ ...keptCheckpoint, step: "2" }), /its progress is not valid.*step/s],
  ["deep JSON", "[".repeat(200_000) + "]".repeat(200_000), /nested deeper than 100 levels/],
])("refuses a state whose progress is %s, though its digest is right", async (_, progress, problem) => {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-"));
  const other = join(folder, "checkpoint.safetensors");
  writeCheckpoint(other, owner, keptCheckpoint);
  const { tensors, metadata } = readChecked(other);
  writeChecked(other, tensors, { ...metadata, progress });
  const corrupt = expect.objectContaining({ name: "CorruptFileError", message: expect.stringMatching(problem) });
  expect(() => readState(other, 3)).toThrow(corrupt);
  await expect(stateHeader(other)).rejects.toThrow(corrupt);
  rmSync(folder, { recursive: true });
});

it("refuses a state whose vectors are not float32, though its digest is right", () => {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-"));
  const other = join(folder, "checkpoint.safetensors");
  writeCheckpoint(other, owner, keptCheckpoint);
  const { tensors, metadata } = readChecked(other);
  for (const name of ["ema", "losses"]) {
    const integers = { type: "I32", shape: [3], data: Int32Array.of(1, 2, 3) } as const;
    writeChecked(other, new Map([...tensors, [name, integers]]), metadata);
    expect(() => readState(other, 3)).toThrow(`'${name}' holds I32, wanted ${name === "losses" ? "F64" : "F32"}`);
  }
  rmSync(folder, { recursive: true });
});

it("writes vectors in memory that several threads share", () => {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-"));
  const shared = new Float32Array(new SharedArrayBuffer(4 * 300_000 + 64), 64, 300_000);
  for (const i of shared.keys()) shared[i] = Math.sin(i);
  const state = { weights: shared, moment1: shared.map(Math.abs), moment2: shared.slice(), ema: shared };
  writeCheckpoint(join(folder, "checkpoint.safetensors"), owner, { ...keptCheckpoint, state });
  const read = readCheckpoint(join(folder, "checkpoint.safetensors"), owner, 300_000)!;
  for (const name of ["weights", "ema"] as const) expect(read.state[name].every((x, i) => x === shared[i])).toBe(true);
  rmSync(folder, { recursive: true });
});
