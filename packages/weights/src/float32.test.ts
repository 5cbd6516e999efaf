import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeSafetensors, float32 } from "./index.ts";

const { tensors } = decodeSafetensors(readFileSync(new URL("fixtures/every-type.safetensors", import.meta.url)));
const stored = (name: string) => tensors.get(name) ?? expect.fail(`${name} is not in the fixture`);

test("half precision converts exactly: signed zeros, subnormals, the largest number, infinities", () => {
  const inf = Number.POSITIVE_INFINITY;
  const wanted = [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, inf, -inf, 0.333251953125, 1023 * 2 ** -24];
  expect(float32(stored("f16"))).toEqual(new Float32Array(wanted));
});

test("bfloat16 converts exactly: it is the upper half of a float32", () => {
  const inf = Number.POSITIVE_INFINITY;
  const wanted = [0, -0, 1, -2.5, 255 * 2 ** 120, 2 ** -133, inf, -inf, 170 * 2 ** -9];
  expect(float32(stored("bf16"))).toEqual(new Float32Array(wanted));
});

test("not-a-number stays not a number", () => {
  const data = new Uint16Array([0x7e00, 0xffff]);
  expect([...float32({ type: "F16", shape: [2], data })]).toEqual([Number.NaN, Number.NaN]);
  expect([...float32({ type: "BF16", shape: [2], data })].map(Number.isNaN)).toEqual([false, true]);
});

test("float64 is rounded to nearest, float32 comes as the same array", () => {
  const data = new Float64Array([0.1, 1e300]);
  expect(float32({ type: "F64", shape: [2], data })).toEqual(
    new Float32Array([Math.fround(0.1), Number.POSITIVE_INFINITY]),
  );
  expect(float32(stored("f32"))).toBe(stored("f32").data);
});

test("whole numbers are refused", () => {
  expect(() => float32(stored("i64"))).toThrow(/type I64 and shape \[2\]: wanted floating-point/);
});
