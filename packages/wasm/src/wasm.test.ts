// Compares LEB128 with published encodings, and runs modules in Node.

import { expect, test } from "vitest";
import {
  branchIf,
  f32x4,
  f64,
  f64x2,
  get,
  i32,
  loop,
  PAGE_BYTES,
  set,
  signedLeb128,
  tee,
  unsignedLeb128,
  v128,
  wasmModule,
} from "./index.ts";

test.each([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 0x01]],
  [624485, [0xe5, 0x8e, 0x26]],
  [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])("unsignedLeb128 encodes %i in seven bits a byte", (value, bytes) => {
  expect(unsignedLeb128(value)).toEqual(bytes);
});

test.each([
  [-1, [0x7f]],
  [63, [0x3f]],
  [64, [0xc0, 0x00]],
  [-64, [0x40]],
  [-65, [0xbf, 0x7f]],
  [-123456, [0xc0, 0xbb, 0x78]],
  [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
])("signedLeb128 encodes %i with its sign", (value, bytes) => {
  expect(signedLeb128(value)).toEqual(bytes);
});

function run(bytes: number, parameters: number, locals: Parameters<typeof wasmModule>[1][0]["locals"], body: number[]) {
  const types = Array.from({ length: parameters }, () => "i32" as const);
  const code = wasmModule(bytes, [{ name: "f", parameters: types, locals, body }]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  return exports as { memory: WebAssembly.Memory; f: (...given: number[]) => void };
}

test("wasmModule makes the requested memory, and accepts functions with more than 128 locals and long bodies", () => {
  const locals = Array.from({ length: 200 }, () => "v128" as const);
  const { memory, f } = run(PAGE_BYTES + 1, 1, locals, [
    ...Array.from({ length: 200 }, (_, i) => [...v128.zero, ...set(1 + i)]).flat(),
    ...[...get(0), ...get(200), ...v128.store(0)],
  ]);
  expect(memory.buffer.byteLength).toBe(2 * PAGE_BYTES);
  new Uint8Array(memory.buffer).fill(7);
  f(32);
  expect([...new Uint8Array(memory.buffer, 31, 18)]).toEqual([7, ...new Array(16).fill(0), 7]);
});

test("f64x2 instructions in a loop sum pairs of doubles, and lane extracts both sums", () => {
  // The function reads the doubles x in the first 32 bytes two at a time, and stores the sum of 3 (x + x²) at byte
  // 1000. It reads the factor 3 at byte 2000.
  const [end, at, pair, sum] = [0, 1, 2, 3];
  const { memory, f } = run(
    1,
    1,
    ["i32", "v128", "v128"],
    [
      ...loop(
        ...[get(at), v128.load(0), tee(pair), get(pair), get(pair), f64x2.multiply, f64x2.add],
        ...[i32.constant(0), f64x2.loadSplat(2000), f64x2.multiply, get(sum), f64x2.add, set(sum)],
        ...[
          get(at),
          i32.constant(8),
          i32.constant(2),
          i32.multiply,
          i32.add,
          tee(at),
          get(end),
          i32.lessUnsigned,
          branchIf,
        ],
      ),
      ...[i32.constant(0), get(sum), f64x2.lane(0), get(sum), f64x2.lane(1), f64.add, f64.store(1000)].flat(),
    ],
  );
  const doubles = new Float64Array(memory.buffer);
  doubles.set([1, 2, 3, 4, 5, 6]);
  doubles[250] = 3;
  f(32);
  expect(doubles[125]).toBe(3 * (2 + 6 + 12 + 20));
});

test.each([
  ["add", f32x4.add, (a: number, b: number) => a + b],
  ["subtract", f32x4.subtract, (a: number, b: number) => a - b],
  ["multiply", f32x4.multiply, (a: number, b: number) => a * b],
  ["divide", f32x4.divide, (a: number, b: number) => a / b],
  ["sqrt", f32x4.sqrt, (_: number, b: number) => Math.sqrt(b)],
  ["abs", f32x4.abs, (_: number, b: number) => Math.abs(b)],
  ["negate", f32x4.negate, (_: number, b: number) => -b],
])("f32x4 %s gives the single-precision result for each of four numbers", (_, op, expected) => {
  const unary = expected.length === 2 && [f32x4.sqrt, f32x4.abs, f32x4.negate].includes(op);
  const { memory, f } = run(
    1,
    1,
    [],
    [...[get(0), unary ? [] : [...get(0), ...v128.load(0)], get(0), v128.load(16), op, v128.store(32)].flat()],
  );
  const floats = new Float32Array(memory.buffer, 64, 12);
  floats.set([1.5, -2.25, 3.1, 0, 2, 5, 0.7, 1e-3]);
  f(64);
  for (let i = 0; i < 4; i++) expect(floats[8 + i]).toBe(Math.fround(expected(floats[i]!, floats[4 + i]!)));
});

test("splat copies a number to all four lanes, and v128.zero clears them", () => {
  const code = wasmModule(1, [
    { name: "f", parameters: ["f32"], locals: [], body: [i32.constant(0), get(0), f32x4.splat, v128.store(16)].flat() },
    { name: "g", parameters: [], locals: [], body: [i32.constant(0), v128.zero, v128.store(16)].flat() },
  ]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { memory, f, g } = exports as { memory: WebAssembly.Memory; f: (x: number) => void; g: () => void };
  f(1.25);
  expect([...new Float32Array(memory.buffer, 16, 4)]).toEqual([1.25, 1.25, 1.25, 1.25]);
  g();
  expect([...new Float32Array(memory.buffer, 16, 4)]).toEqual([0, 0, 0, 0]);
});
