// The accuracy of sine and cosine in arithmetic.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, expect, test } from "vitest";
import { cpuProvider } from "../engines/cpu.ts";
import { loadRuntime } from "../runtime/load-runtime.ts";
import { createOnnxEngine } from "../runtime/onnx-engine.ts";
import { exactTrigonometry } from "./index.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("exactTrigonometry computes sine and cosine to 1.5e-7 for |x| up to 10,000", async () => {
  const n = 40_000;
  const x = Float32Array.from({ length: n }, (_, i) => (i < n / 2 ? (20_000 * i) / (n / 2) - 10_000 : (7 * i) / n - 6));
  const engine = createOnnxEngine(await loadRuntime(), { ...cpuProvider(1), prepare: exactTrigonometry });
  const f = await engine.compile(({ x }) => ({ sin: tf.sin(x!), cos: tf.cos(x!) }), { x: { shape: [n] } });
  expect(f.report.ops).not.toHaveProperty("Sin");
  expect(f.report.ops).not.toHaveProperty("Cos");
  const { sin, cos } = await f.run({ x });
  await f.dispose();
  const largestError = (made: ArrayLike<number>, of: (x: number) => number) =>
    Math.max(...Array.from(x, (v, i) => Math.abs(made[i]! - of(v))));
  expect(largestError(sin!, Math.sin)).toBeLessThan(1.5e-7);
  expect(largestError(cos!, Math.cos)).toBeLessThan(1.5e-7);
});
