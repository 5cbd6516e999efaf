// Tests the conversion of stored numbers to float32.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeSafetensors, float32 } from "./index.ts";

const { tensors } = decodeSafetensors(readFileSync(new URL("fixtures/every-type.safetensors", import.meta.url)));
const stored = (name: string) => tensors.get(name) ?? expect.fail(`${name} is not in the fixture`);

test("float32 converts F16 exactly: signed zeros, subnormals, the largest number, infinities", () => {
  const inf = Number.POSITIVE_INFINITY;
  const wanted = [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, inf, -inf, 0.333251953125, 1023 * 2 ** -24];
  expect(float32(stored("f16"))).toEqual(new Float32Array(wanted));
});

test("float32 converts BF16 exactly", () => {
  const inf = Number.POSITIVE_INFINITY;
  const wanted = [0, -0, 1, -2.5, 255 * 2 ** 120, 2 ** -133, inf, -inf, 170 * 2 ** -9];
  expect(float32(stored("bf16"))).toEqual(new Float32Array(wanted));
});

test("float32 keeps NaN", () => {
  const data = new Uint16Array([0x7e00, 0xffff]);
  expect([...float32({ type: "F16", shape: [2], data })]).toEqual([Number.NaN, Number.NaN]);
  expect([...float32({ type: "BF16", shape: [2], data })].map(Number.isNaN)).toEqual([false, true]);
});

test("float32 rounds F64 to nearest and returns the same array for F32", () => {
  const data = new Float64Array([0.1, 1e300]);
  expect(float32({ type: "F64", shape: [2], data })).toEqual(
    new Float32Array([Math.fround(0.1), Number.POSITIVE_INFINITY]),
  );
  expect(float32(stored("f32"))).toBe(stored("f32").data);
});

test("float32 refuses integers", () => {
  expect(() => float32(stored("i64"))).toThrow(/type I64 and shape \[2\]: wanted floating-point/);
});
