// Tests of encodeSafetensors: reproducible bytes, round trips, and refused tensors.

import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, type StoredTensor, type TensorType } from "../index.ts";

const f32 = (...values: number[]): StoredTensor => ({
  type: "F32",
  shape: [values.length],
  data: new Float32Array(values),
});

test("encodeSafetensors gives the same bytes for any order of tensors and metadata", () => {
  const tensors: [string, StoredTensor][] = [
    ["b", f32(1)],
    ["a", f32(2)],
    ["c", { type: "U8", shape: [3], data: new Uint8Array(3) }],
    ["d", { type: "I64", shape: [1], data: new BigInt64Array(1) }],
  ];
  const bytes = encodeSafetensors(tensors, { x: "1", y: "2" });
  expect(encodeSafetensors([...tensors].reverse(), { y: "2", x: "1" })).toEqual(bytes);
  expect([...decodeSafetensors(bytes).tensors.keys()]).toEqual(["d", "a", "b", "c"]);
});

test("encodeSafetensors aligns the data to 8 bytes for names of any length", () => {
  for (let length = 1; length <= 8; length++) {
    const bytes = encodeSafetensors([["x".repeat(length), f32(1)]]);
    expect((bytes.length - 4) % 8).toBe(0);
  }
});

test("decodeSafetensors inverts encodeSafetensors, also from unaligned memory", () => {
  const width = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };
  const arrays = {
    F64: Float64Array,
    F32: Float32Array,
    F16: Uint16Array,
    BF16: Uint16Array,
    I64: BigInt64Array,
    I32: Int32Array,
    I16: Int16Array,
    I8: Int8Array,
    U8: Uint8Array,
    BOOL: Uint8Array,
  };
  const tensor = fc
    .tuple(fc.constantFrom(...(Object.keys(width) as TensorType[])), fc.array(fc.nat(4), { maxLength: 3 }), fc.nat(255))
    .map(([type, shape, byte]): StoredTensor => {
      const count = shape.reduce((total, size) => total * size, 1);
      return { type, shape, data: new arrays[type](new Uint8Array(count * width[type]).fill(byte).buffer) };
    });
  const name = fc.string({ unit: "binary" }).filter((text) => text !== "__metadata__");
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key }),
      fc.dictionary(text, text),
      (tensors, metadata) => {
        const bytes = encodeSafetensors(tensors, metadata);
        const shifted = new Uint8Array(bytes.length + 1);
        shifted.set(bytes, 1);
        const decoded = decodeSafetensors(shifted.subarray(1));
        expect(new Map(decoded.tensors)).toEqual(new Map(tensors));
        expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort());
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});

test.each<[string, [string, StoredTensor][], RegExp]>([
  [
    "a duplicate name",
    [
      ["a", f32(1)],
      ["a", f32(2)],
    ],
    /"a" occurs twice/,
  ],
  ["the reserved name", [["__metadata__", f32(1)]], /cannot be named/],
  ["a shape that does not match the values", [["a", { ...f32(1), shape: [2] }]], /shape \[2\] holds 1 values/],
  ["an array of another type", [["a", { ...f32(1), type: "F64" }]], /holds Float32Array, wanted Float64Array/],
  ["a name that is not Unicode", [["\ud800", f32(1)]], /surrogate/],
])("encodeSafetensors refuses %s", (_, tensors, reason) => {
  expect(() => encodeSafetensors(tensors)).toThrow(reason);
});
