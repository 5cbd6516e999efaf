// The nodes that the CPU provider runs for aᵀ b, and the reproducibility of their results.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, expect, test } from "vitest";
import { createEngine, readProfile } from "../index.ts";
import { sample } from "../testing/agree.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Ops that the runtime ran for aᵀ b, in alphabetical order; the result is compared with eager tfjs. */
async function profiledOps(a: tf.Tensor, b: tf.Tensor): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-cpu-"));
  try {
    const engine = await createEngine("cpu", { threads: 1 });
    const weightGradient = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true, false);
    const compiled = await engine.compile(
      ({ a, b }) => ({ y: weightGradient(a!, b!) }),
      { a: { shape: a.shape }, b: { shape: b.shape } },
      { profile: join(folder, "nodes") },
    );
    const { y } = await compiled.run({ a: a.dataSync() as Float32Array, b: b.dataSync() as Float32Array });
    await compiled.dispose();
    const wanted = weightGradient(a, b).dataSync() as Float32Array;
    const largest = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    wanted.forEach((v, i) => {
      expect(Math.abs(y![i]! - v)).toBeLessThan(1e-5 * largest);
    });
    return readProfile(join(folder, "nodes"))
      .map(({ op }) => op)
      .sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("aᵀ b transposes a first, and the runtime does not fuse the transpose back", async () => {
  expect(await profiledOps(sample([250, 260]), sample([250, 260], 1))).toEqual(["MatMul", "Transpose"]);
});

test("aᵀ b transposes b and the result where those have fewer elements than a", async () => {
  expect(await profiledOps(sample([800, 600]), sample([800, 300], 1))).toEqual(["MatMul", "Transpose", "Transpose"]);
});

test.each([
  ["takes less time than transposing", [2000, 300], [2000, 100]],
  ["would give threads 64 columns or fewer", [900, 500], [900, 150]],
])("aᵀ b stays one fused node where it %s", async (_, a, b) => {
  expect(await profiledOps(sample(a), sample(b, 1))).toEqual(["FusedMatMul"]);
});

test("aᵀ b has the same bits for any number of threads", async () => {
  const [a, b] = [sample([800, 600]), sample([800, 300], 1)];
  const made = [];
  for (const threads of [1, 2, 3, 7]) {
    const engine = await createEngine("cpu", { threads });
    const compiled = await engine.compile(
      ({ a, b }) => ({ y: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true, false) }),
      { a: { shape: a.shape }, b: { shape: b.shape } },
    );
    made.push((await compiled.run({ a: a.dataSync() as Float32Array, b: b.dataSync() as Float32Array })).y);
    await compiled.dispose();
  }
  for (const y of made) expect(y).toEqual(made[0]);
});
