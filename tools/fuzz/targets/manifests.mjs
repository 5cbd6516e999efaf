// Manifests that a command left beside its files: of an engine's libraries, of a folder of samples, of a set of decoded
// images, of a download in progress, the plan of a cluster's jobs and a cell's result; and the registry of datasets.

import { ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DataError, loadRegistry } from "@dit-bench/datasets";
import { RecordError } from "@dit-bench/record";
import { readPlan } from "../../../packages/cli/dist/grid/jobs/plan.js";
import { readCellResult } from "../../../packages/cli/dist/grid/jobs/results.js";
import { CannotStart } from "../../../packages/compiler/dist/engines/entry.js";
import { findOpenvino } from "../../../packages/compiler/dist/engines/openvino-library.js";
import { readDescription } from "../../../packages/datasets/dist/folder/stored-set.js";
import { openPartial } from "../../../packages/fetch/dist/partial-file.js";
import { BenchError } from "../../../packages/runner/dist/errors.js";
import { claimFolder, manifestName } from "../../../packages/runner/dist/sampling/output-folder.js";
import { mutateJson } from "../mutate-json.mjs";
import { readSeeds, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const table = {
  package: "onnxruntime-ep-openvino",
  version: "1.0.0",
  wheels: {
    here: {
      file: "a.whl",
      bytes: 1,
      sha256: "0".repeat(64),
      pipPlatform: "x",
      library: "l.so",
      others: [],
      unpackedBytes: 1,
    },
  },
};
const engine = {
  ...{ version: 1, package: table.package, packageVersion: "1.0.0", platform: "here", wheelSha256: "0".repeat(64) },
  files: [{ file: "l.so", bytes: 1, sha256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" }],
};
const samples = {
  version: 1,
  command: "bench sample",
  made: { seed: 1 },
  files: ["a/1.png", "2.png"],
  beside: ["s.png"],
};
const partial = { url: "https://example.org/a", validator: '"e"', bytes: 5, sha256: "0".repeat(64) };
const images = {
  ...{ classes: ["a"], labels: [0], fingerprint: "f", files: ["a/1.jpg"], skipped: [], hashes: ["h"], checksums: [1] },
};
const cell = { method: "lora", dataset: { name: "flowers", folder: "x", strict: true }, seed: 0, variant: "v" };
const plan = {
  ...{ schema: 1, id: "01234567", launcher: "slurm", folder: "runs/mini-1", timeLimit: 90 },
  jobs: [[{ key: "0123456789abcdef", name: "flowers lora seed 0", cell, arguments: ["run", "--method", "lora"] }]],
};
const result = {
  ...{ schema: 1, name: "flowers lora seed 0", submission: "01234567", host: "node7", at: "2026-11-29T12:00:00.000Z" },
  ...{ kind: "interrupted", stage: "train", done: 40, stalled: 1 },
};

/** Text of the index of decoded images with the digest of its content; other texts as they are. @param {string} text */
function withDigest(text) {
  if (!text.includes("checksums")) return Buffer.from(text);
  try {
    const { digest: _, ...content } = JSON.parse(text);
    const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex");
    return Buffer.from(JSON.stringify({ ...content, digest }));
  } catch {
    return Buffer.from(text); // not JSON, or too deep for JSON.stringify
  }
}

/** @type {Target} */
export const target = {
  name: "manifests",
  errors: [CannotStart, BenchError, DataError, RecordError],
  seeds: () => [
    ...[engine, samples, partial, plan, result].map((content) => Buffer.from(JSON.stringify(content))),
    withDigest(JSON.stringify(images)),
    ...readSeeds(["datasets.json"]),
  ],
  edit(seed, numbers) {
    const text = mutateJson(seed.toString(), numbers);
    return numbers.integer(2) === 0 ? withDigest(text) : Buffer.from(text);
  },
  async read(input, folder) {
    if (input.includes('"datasets"')) return loadRegistry(writeInput(folder, "datasets.json", input));
    if (input.includes("checksums")) return readImages(input, folder);
    if (input.includes("wheelSha256")) return readEngine(input, folder);
    if (input.includes("validator")) return readPartial(input, folder);
    if (input.includes("arguments")) return readPlan(writeInput(folder, "plan.json", input));
    if (input.includes("submission")) return readResult(input, folder);
    return readSamples(input, folder);
  },
};

/** @type {(input: Buffer, folder: string) => boolean} */
function readImages(input, folder) {
  writeInput(folder, "set.pixels", Buffer.alloc(3));
  writeInput(folder, "set.index", input);
  return readDescription(join(folder, "set"), 3) !== "damaged";
}

/** @type {(input: Buffer, folder: string) => unknown} */
function readEngine(input, folder) {
  const place = join(folder, "engines", "openvino-1.0.0");
  mkdirSync(place, { recursive: true });
  writeInput(place, "l.so", Buffer.from("x"));
  writeInput(place, "manifest.json", input);
  return findOpenvino({ DIT_BENCH_HOME: folder }, table, "here");
}

/** @type {(input: Buffer, folder: string) => Promise<boolean>} */
async function readPartial(input, folder) {
  writeInput(folder, "a.partial", Buffer.from("12345"));
  writeInput(folder, "a.partial.json", input);
  const opened = await openPartial(join(folder, "a"), { md5: false, signal: undefined });
  await opened.close();
  return opened.origin !== undefined;
}

/** @type {(input: Buffer, folder: string) => Promise<boolean>} */
async function readResult(input, folder) {
  const place = join(folder, "jobs", "cells");
  mkdirSync(place, { recursive: true });
  writeInput(place, "a.json", input);
  return (await readCellResult(folder, "a")) !== undefined;
}

/**
 * Claims a folder whose manifest lists anything: no file outside it may be removed.
 *
 * @type {(input: Buffer, folder: string) => Promise<void>}
 */
async function readSamples(input, folder) {
  const place = join(folder, "outer", "samples");
  rmSync(join(folder, "outer"), { recursive: true, force: true });
  mkdirSync(join(place, "a"), { recursive: true });
  const others = [join(folder, "outer", "x"), join(folder, "x"), join(folder, "outer", "s.png")];
  for (const path of [...others, join(place, "a", "1.png"), join(place, "2.png")]) writeFileSync(path, "");
  writeFileSync(join(place, manifestName("sample")), input);
  await claimFolder({ folder: place, command: "sample", files: ["9.png"], made: { seed: 2 }, overwrite: true }).catch(
    (error) => {
      if (!(error instanceof BenchError)) throw error;
    },
  );
  for (const path of others) ok(existsSync(path), `${path} was removed`);
}
