import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";

let path: string;
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), "dit-bench-")), "checkpoint.safetensors");
});
afterAll(() => rmSync(join(path, ".."), { recursive: true }));

const numbers = Float32Array.of(1, 2, 3);
const kept: Checkpoint = {
  step: 2,
  state: { weights: numbers, moment1: numbers, moment2: numbers, ema: numbers },
  losses: [0.5, 0.25],
  seconds: 3,
  resumes: 1,
};

it("is read as it was written, by its own run on its own engine", () => {
  expect(readCheckpoint(path, { identity: "a", engine: "cpu" }, 3)).toBeUndefined();
  writeCheckpoint(path, { identity: "a", engine: "cpu" }, kept);
  expect(readCheckpoint(path, { identity: "a", engine: "cpu" }, 3)).toEqual(kept);
});

it("is refused by another run, and on another engine", () => {
  expect(() => readCheckpoint(path, { identity: "b", engine: "cpu" }, 3)).toThrow("is of another run");
  expect(() => readCheckpoint(path, { identity: "a", engine: "webgpu" }, 3)).toThrow(
    /was made on engine cpu and this run is on webgpu, .*; go on with --engine cpu, or delete it/,
  );
});
