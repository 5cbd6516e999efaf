import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ditModel } from "@dit-bench/dit";
import { fromFloat32, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { afterAll, expect, test } from "vitest";
import { openDit } from "./dit-checkpoint.ts";
import { BenchError } from "./errors.ts";
import { tinyConfig, tinyWeights } from "./tiny-dit.test.data.ts";

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

test("every weight is read as it is in the file", async () => {
  expect((await open({})).read()).toEqual(values);
});

const filled = (value: number, at: number) => Float32Array.from({ length: 16 }, (_, i) => (i === at ? value : 0.5));
test.each<[string, StoredTensor, string]>([
  ["NaN", { type: "F32", shape: [16], data: filled(Number.NaN, 15) }, "number 15 of 'blocks.1.mlp.fc2.bias' is NaN"],
  ["infinity", { type: "F32", shape: [16], data: filled(-Infinity, 0) }, "number 0 of 'blocks.1.mlp.fc2.bias' is -Inf"],
  ["NaN in bfloat16", fromFloat32(filled(Number.NaN, 3), [16], "BF16"), "number 3 of 'blocks.1.mlp.fc2.bias' is NaN"],
  ["too much for float32", { type: "F64", shape: [16], data: new Float64Array(16).fill(1e300) }, "is Infinity"],
  ["whole numbers", { type: "I32", shape: [16], data: new Int32Array(16) }, "'blocks.1.mlp.fc2.bias' holds I32"],
])("%s is refused with the file's and the weight's name", async (_, tensor, message) => {
  const checkpoint = await open({ [bias]: tensor });
  expect(checkpoint.read).toThrow(BenchError);
  expect(checkpoint.read).toThrow(message);
  expect(checkpoint.read).toThrow(
    expect.objectContaining({ exitCode: 4, message: expect.stringContaining("tiny.safetensors: ") }),
  );
});
