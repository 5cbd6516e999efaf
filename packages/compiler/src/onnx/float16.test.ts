// Rounding to float16, and engines whose frozen weights are float16.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine, encode, readProfile, type Signature, type TensorFunction, trace } from "../index.ts";
import { toFloat16 } from "./float16.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** The value of a float16's bits: https://en.wikipedia.org/wiki/Half-precision_floating-point_format */
function float16Value(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}
const float16Of = (x: number) => toFloat16(Float32Array.of(x))[0]!;

describe("toFloat16", () => {
  test("keeps every number that is a float16", () => {
    const numbers = Array.from({ length: 65536 }, (_, bits) => bits).filter(
      (bits) => !Number.isNaN(float16Value(bits)),
    );
    expect(Array.from(toFloat16(Float32Array.from(numbers, float16Value)))).toEqual(numbers);
    expect(float16Value(float16Of(Number.NaN))).toBeNaN();
  });

  test("rounds to the nearest float16, ties to even", () => {
    for (const bits of [0, 1, 2, 1022, 1023, 1024, 1025, 0x3bff, 0x3c00, 0x3c01, 0x7bfd]) {
      const [low, high] = [float16Value(bits), float16Value(bits + 1)];
      const middle = (low + high) / 2; // exact in float32
      expect(float16Of(middle)).toBe(bits + (bits & 1));
      expect(float16Of(Math.fround(middle - (high - low) / 1000))).toBe(bits);
      expect(float16Of(Math.fround(middle + (high - low) / 1000))).toBe(bits + 1);
      expect(float16Of(-middle)).toBe(0x8000 | (bits + (bits & 1)));
    }
    expect(float16Of(1e-30)).toBe(0);
  });

  test("refuses numbers that round to more than 65504", () => {
    expect(float16Of(65519)).toBe(0x7bff);
    expect(() => float16Of(65520)).toThrow(
      "float16: 65520 is beyond its largest number, 65504: keep these weights in float32",
    );
  });
});

describe("frozen weights in float16", () => {
  const weights = Float32Array.from({ length: 32 * 32 }, (_, i) => Math.sin(i));
  const bias = Float32Array.from({ length: 512 }, (_, i) => Math.cos(i));
  const signature: Signature = {
    x: { shape: [2, 32] },
    w: { shape: [32, 32], value: weights },
    b: { shape: [512], value: bias },
  };
  const fn: TensorFunction = ({ x, w, b }) => {
    const y = tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
    return { y: tf.matMul(tf.tanh(y), w as tf.Tensor2D, false, true), z: tf.add(tf.sum(y), b!) };
  };

  test("take half the bytes, except vectors, and are cast once for each use", () => {
    const { external, ops } = encode(trace(fn, signature), "f", { matrices: "float16" });
    expect(external.map(({ data }) => data.byteLength).sort()).toEqual([bias.byteLength, weights.byteLength / 2]);
    expect(ops.Cast).toBe(2);
  });

  test("give the results of the rounded weights in float32", async () => {
    const x = Float32Array.from({ length: 64 }, (_, i) => Math.sin(3 * i));
    const run = async (name: "cpu" | "cpu+float16", value: Float32Array) => {
      const engine = await createEngine(name, { threads: 1 });
      expect(engine.name).toBe(name);
      const compiled = await engine.compile(fn, { ...signature, w: { shape: [32, 32], value } });
      const made = await compiled.run({ x });
      await compiled.dispose();
      return made.y as Float32Array;
    };
    const inFloat16 = await run("cpu+float16", weights);
    const rounded = await run("cpu", Float32Array.from(toFloat16(weights), float16Value));
    const exact = await run("cpu", weights);
    inFloat16.forEach((v, i) => {
      expect(Math.abs(v - rounded[i]!)).toBeLessThan(1e-5);
    });
    expect(Math.max(...inFloat16.map((v, i) => Math.abs(v - exact[i]!)))).toBeGreaterThan(1e-5);
  });

  test("stay float16 in the runtime, which casts them in every run", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dit-bench-"));
    const profile = join(folder, "f");
    const engine = await createEngine("cpu+float16", { threads: 1 });
    const compiled = await engine.compile(fn, signature, { profile });
    await compiled.run({ x: new Float32Array(64) });
    await compiled.dispose();
    expect(readProfile(profile).filter(({ op }) => op === "Cast")).toHaveLength(2);
    rmSync(folder, { recursive: true });
  });

  test("are refused together with float64", async () => {
    const engine = await createEngine("cpu+float16");
    await expect(engine.compile(fn, signature, { precision: "float64" })).rejects.toThrow(
      'engine cpu+float16: no float64: compile on "cpu"',
    );
  });
});
