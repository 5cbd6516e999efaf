// Tests that valid files with a few changed bytes are read or cause a typed error, within limits on time and memory.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openCheckpoint, WeightFileError } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-mutated-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fixtures = new URL("fixtures/checkpoints/", import.meta.url);
const originals = readdirSync(fixtures).map((name) => readFileSync(new URL(name, fixtures)));

/** Bytes with a meaning in one of the formats: lengths, opcodes, digits, brackets. */
const meaningful = [
  0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, 0x28, 0x29, 0x2e, 0x51, 0x52, 0x62, 0x63, 0x68, 0x71, 0x74, 0x75, 0x7b, 0x7d, 0x81,
];
const byte = fc.oneof(fc.nat(255), fc.constantFrom(...meaningful));
const position = fc.oneof(fc.nat(1 << 16), fc.nat(600)); // most headers and pickles are near the start
const edit = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      at: position,
      bytes: fc.array(byte, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("insert" as const),
      at: position,
      bytes: fc.array(byte, { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("remove" as const),
      at: position,
      count: fc.integer({ min: 1, max: 64 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: position }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("copy" as const),
      at: position,
      from: position,
      count: fc.integer({ min: 1, max: 64 }),
    }),
  },
);

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function applyEdits(original: Buffer, edits: readonly Edit[]): Buffer {
  let file = Buffer.from(original);
  for (const e of edits) {
    const at = file.length === 0 ? 0 : e.at % file.length;
    if (e.kind === "set") file.set(e.bytes.slice(0, file.length - at), at);
    else if (e.kind === "insert") file = Buffer.concat([file.subarray(0, at), Buffer.from(e.bytes), file.subarray(at)]);
    else if (e.kind === "remove") file = Buffer.concat([file.subarray(0, at), file.subarray(at + e.count)]);
    else if (e.kind === "cut") file = file.subarray(0, at);
    else if (file.length > 0) file.copyWithin(at, e.from % file.length, (e.from % file.length) + e.count);
  }
  return file;
}

test("openCheckpoint reads 20,000 mutated files or refuses them with a typed error", { timeout: 600_000 }, async () => {
  const path = join(folder, "mutated");
  const counts = { read: 0, refused: 0 };
  let slowest = 0;
  let maxMemory = 0;
  const memoryBefore = process.memoryUsage().rss;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.array(edit, { minLength: 1, maxLength: 2 }),
      async (original, edits) => {
        rmSync(path, { force: true }); // overwriting waits for the disk on some file systems
        writeFileSync(path, applyEdits(original, edits));
        const cpuBefore = process.cpuUsage();
        try {
          const c = await openCheckpoint(path);
          for (const name of c.tensors.keys()) c.read(name);
          counts.read++;
        } catch (error) {
          if (!(error instanceof WeightFileError)) throw error;
          counts.refused++;
        }
        const { user, system } = process.cpuUsage(cpuBefore); // CPU time: the machine may be busy
        slowest = Math.max(slowest, (user + system) / 1000);
        maxMemory = Math.max(maxMemory, process.memoryUsage.rss() - memoryBefore);
      },
    ),
    { numRuns: 20_000, seed: 20261123, endOnFailure: true },
  );
  expect(counts.read + counts.refused).toBe(20_000);
  expect(counts.read).toBeGreaterThan(1_000); // many bytes are numbers, which may have any value
  expect(counts.refused).toBeGreaterThan(2_000);
  expect(slowest).toBeLessThan(2_000); // milliseconds
  expect(maxMemory).toBeLessThan(500e6);
  if (process.env.DIT_BENCH_SHOW)
    process.stderr.write(`${JSON.stringify({ ...counts, slowest, memory: maxMemory, cpu: process.cpuUsage() })}\n`);
});
