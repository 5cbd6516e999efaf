// Checkpoints of DiTs with unusual names, adapters, and label tables with and without a null class.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ditModel } from "@dit-bench/dit";
import { fromFloat32, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { afterAll, expect, test } from "vitest";
import { BenchError } from "../errors.ts";
import { tinyConfig, tinyWeights } from "../training/tiny-dit.test.data.ts";
import { openDit } from "./dit-checkpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-dit-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

const config = tinyConfig(2);
const values = tinyWeights(config);
const bias = "blocks.1.mlp.fc2.bias"; // [16]

/** Opens the tiny model from a file in which one weight is another. */
function open(changes: Readonly<Record<string, StoredTensor>>) {
  const path = join(folder, "tiny.safetensors");
  const tensors = ditModel(config).weights.map(({ name, shape }): [string, StoredTensor] => [
    name,
    changes[name] ?? { type: "F32", shape, data: values[name]! },
  ]);
  writeSafetensors(path, tensors);
  return openDit(path, { heads: config.heads, inputSize: config.inputSize });
}

/** A file of the tiny model's weights, changed. */
function written(change: (tensors: [string, StoredTensor][]) => readonly (readonly [string, StoredTensor])[]): string {
  const path = join(folder, "changed.safetensors");
  writeSafetensors(
    path,
    change(ditModel(config).weights.map(({ name, shape }) => [name, { type: "F32", shape, data: values[name]! }])),
  );
  return path;
}
const options = { heads: config.heads, inputSize: config.inputSize };
const table = "y_embedder.embedding_table.weight";
/** The tiny model with the given number of rows in its label table. */
const withRows = (rows: number) =>
  written((tensors) =>
    tensors.map(([name, tensor]) =>
      name === table
        ? [name, { type: "F32", shape: [rows, 16], data: values[table]!.slice(0, 16 * rows) }]
        : [name, tensor],
    ),
  );

test("openDit reads weights with wrapped names and other tensors beside them, and notes that", async () => {
  const path = written((tensors) => [
    ...tensors.map(([name, tensor]) => [`net._orig_mod.${name}`, tensor] as const),
    ["loss_fn.weight", { type: "F32", shape: [1], data: new Float32Array(1) }],
  ]);
  const checkpoint = await openDit(path, options);
  expect(checkpoint.read()).toEqual(values);
  expect(checkpoint.notes.join("; ")).toMatch(/without their wrapper.*skipped 1 tensor outside "net\._orig_mod\."/);
});

test("openDit refuses an adapter's weights, with the remedy", async () => {
  for (const [extra, message] of [
    ["blocks.0.attn.qkv.lora_A.weight", "it holds a LoRA adapter, not a whole DiT"],
    ["blocks.0.attn.qkv.base_layer.lora_A.default.weight", "that is not merged, not a whole DiT"],
  ] as const) {
    const path = written((tensors) => [...tensors, [extra, { type: "F32", shape: [1], data: new Float32Array(1) }]]);
    await expect(openDit(path, options)).rejects.toThrow(message);
    await expect(openDit(path, options)).rejects.toMatchObject({ exitCode: 4 });
  }
});

test("openDit takes the last row of a label table as the null class, and notes a mere assumption", async () => {
  const checkpoint = await openDit(withRows(3), options);
  expect(checkpoint).toMatchObject({ nullClass: true, config: { classes: 2 } });
  expect(checkpoint.assumption).toContain("3 rows: read as 2 classes and the null class, label 2");
  const known = await openDit(withRows(3), { ...options, classes: 2 });
  expect(known).toMatchObject({ nullClass: true, config: { classes: 2 } });
  expect(known.assumption).toBeUndefined();
});

test("openDit with nullClass false takes every row as a class, and adds a null row of zeros", async () => {
  for (const nullClass of [{ nullClass: false }, { classes: 3 }] as const) {
    const checkpoint = await openDit(withRows(3), { ...options, ...nullClass });
    expect(checkpoint).toMatchObject({ nullClass: false, config: { classes: 3 } });
    expect(checkpoint.assumption).toBeUndefined();
    const read = checkpoint.read();
    expect(read[table]).toEqual(Float32Array.from([...values[table]!.slice(0, 3 * 16), ...new Float32Array(16)]));
    expect({ ...read, [table]: values[table] }).toEqual(values);
  }
  const one = withRows(1);
  await expect(openDit(one, options)).rejects.toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(/has one row.*say so with --no-null-class/),
    }),
  );
  expect(await openDit(one, { ...options, nullClass: false })).toMatchObject({ config: { classes: 1 } });
});

test("openDit reads every weight without changing a bit", async () => {
  expect((await open({})).read()).toEqual(values);
});

const filled = (value: number, at: number) => Float32Array.from({ length: 16 }, (_, i) => (i === at ? value : 0.5));
test.each<[string, StoredTensor, string]>([
  ["NaN", { type: "F32", shape: [16], data: filled(Number.NaN, 15) }, "number 15 of 'blocks.1.mlp.fc2.bias' is NaN"],
  ["infinity", { type: "F32", shape: [16], data: filled(-Infinity, 0) }, "number 0 of 'blocks.1.mlp.fc2.bias' is -Inf"],
  ["NaN in bfloat16", fromFloat32(filled(Number.NaN, 3), [16], "BF16"), "number 3 of 'blocks.1.mlp.fc2.bias' is NaN"],
  ["too much for float32", { type: "F64", shape: [16], data: new Float64Array(16).fill(1e300) }, "is Infinity"],
  ["whole numbers", { type: "I32", shape: [16], data: new Int32Array(16) }, "'blocks.1.mlp.fc2.bias' holds I32"],
])("openDit refuses %s, with the names of the file and the weight", async (_, tensor, message) => {
  const checkpoint = await open({ [bias]: tensor });
  expect(checkpoint.read).toThrow(BenchError);
  expect(checkpoint.read).toThrow(message);
  expect(checkpoint.read).toThrow(
    expect.objectContaining({ exitCode: 4, message: expect.stringContaining("tiny.safetensors: ") }),
  );
});
