// Converts float32 numbers to F16 and BF16 and compares with the inverse conversion.

import { expect, test } from "vitest";
import { float32, fromFloat32, type StoredTensor } from "./index.ts";

const allBitPatterns = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);

test.each(["F16", "BF16"] as const)("fromFloat32 inverts float32 for every number of %s", (type) => {
  const stored: StoredTensor = { type, shape: [1 << 16], data: allBitPatterns };
  const values = float32(stored);
  const back = fromFloat32(values, [1 << 16], type).data as Uint16Array;
  const wrong = allBitPatterns.filter((bits, i) => back[i] !== bits && !Number.isNaN(values[i]));
  expect([...wrong]).toEqual([]);
  for (const [i, value] of values.entries())
    if (Number.isNaN(value)) expect(float32({ type, shape: [1], data: back.slice(i, i + 1) })[0]).toBeNaN();
});

test.each(["F16", "BF16"] as const)("fromFloat32 rounds to the nearest number of %s, ties to even", (type) => {
  const largestFinite = type === "F16" ? 0x7bff : 0x7f7f; // the largest finite number
  const values = float32({ type, shape: [largestFinite + 1], data: allBitPatterns.slice(0, largestFinite + 1) });
  // Between each pair of neighbours: a quarter, half and three quarters of the way.
  const between = new Float32Array(3 * largestFinite);
  const wanted = new Uint16Array(3 * largestFinite);
  for (let i = 0; i < largestFinite; i++) {
    const [a, b] = [values[i]!, values[i + 1]!];
    between.set([a + (b - a) / 4, a + (b - a) / 2, a + ((b - a) * 3) / 4], 3 * i);
    wanted.set([i, i % 2 === 0 ? i : i + 1, i + 1], 3 * i);
  }
  const all = fromFloat32(between, [between.length], type).data as Uint16Array;
  expect(all.findIndex((bits, i) => bits !== wanted[i])).toBe(-1);
});

test("fromFloat32 converts numbers that are too large to infinity, and returns its argument for F32", () => {
  // 65520 is halfway between 65504, the largest F16 number, and 65536.
  expect(fromFloat32(new Float32Array([65519, 65520, -1e9]), [3], "F16").data).toEqual(
    new Uint16Array([0x7bff, 0x7c00, 0xfc00]),
  );
  expect(fromFloat32(new Float32Array([3.4e38]), [1], "BF16").data).toEqual(new Uint16Array([0x7f80]));
  const values = new Float32Array(2);
  expect(fromFloat32(values, [2], "F32").data).toBe(values);
});
