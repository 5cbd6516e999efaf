// Matrix-vector multiplication (GEMV) in double precision, as a WebAssembly module that takes two columns and four rows
// at a time.
//
// M, N = rows and columns of the matrix

import { branchIf, type Code, f64, f64x2, get, i32, loop, set, tee, v128, wasmModule } from "@dit-bench/wasm";
import type { StridedMatrix } from "./gemm.ts";

const DOUBLE = 8;
const ROWS = 4;

export interface MatrixVectorKernels<Name extends string> {
  /**
   * Zeroed arrays in the module's memory, each longer than its shape by what the kernels may read or write past its
   * end.
   */
  readonly arrays: Readonly<Record<Name, Float64Array>>;
  /** out = a x. Overwrites up to three numbers past the end of out, and one past the end of x. */
  multiply(out_M: Float64Array, a_MN: StridedMatrix, x_N: Float64Array, m: number, n: number): void;
  /** out += aᵀ x. Overwrites one number past the end of out, and up to three past the end of x. */
  addTransposedMultiply(out_N: Float64Array, a_MN: StridedMatrix, x_M: Float64Array, m: number, n: number): void;
}

/**
 * Kernels over arrays of the given shapes, [rows, columns]. They multiply numbers past an array's end by zero, so all
 * numbers must be finite.
 *
 * @throws RangeError if the arrays take more than 4 GiB, the limit of a WebAssembly memory
 */
export function matrixVectorKernels<Name extends string>(
  shapes: Readonly<Record<Name, readonly [number, number]>>,
): MatrixVectorKernels<Name> {
  const names = Object.keys(shapes) as Name[];
  const lengths = names.map((name) => (shapes[name][0] + ROWS) * shapes[name][1] + ROWS);
  const module = new WebAssembly.Module(vectorModule(lengths.reduce((a, b) => a + b, 0) * DOUBLE));
  const { memory, times, addTransposeTimes } = new WebAssembly.Instance(module).exports as {
    memory: WebAssembly.Memory;
    times: Kernel;
    addTransposeTimes: Kernel;
  };
  let at = 0;
  const arrays = Object.fromEntries(
    names.map((name, i) => {
      const array = new Float64Array(memory.buffer, at, lengths[i]);
      at += lengths[i]! * DOUBLE;
      return [name, array];
    }),
  ) as Record<Name, Float64Array>;

  return {
    arrays,
    multiply(out, a, x, m, n) {
      if (m === 0) return;
      if (n === 0) return void out.fill(0, 0, m);
      if (n % 2) x[n] = 0;
      const end = x.byteOffset + n * DOUBLE;
      times(address(a), a.stride * DOUBLE, Math.ceil(m / ROWS), x.byteOffset, end, out.byteOffset);
    },
    addTransposedMultiply(out, a, x, m, n) {
      if (m === 0 || n === 0) return;
      if (m % ROWS) x.fill(0, m, m + ROWS);
      const end = out.byteOffset + n * DOUBLE;
      addTransposeTimes(address(a), a.stride * DOUBLE, Math.ceil(m / ROWS), out.byteOffset, end, x.byteOffset);
    },
  };
}

/**
 * Byte addresses, except `groups`, the number of groups of four rows. `along` and `end` bound the vector that runs
 * along the rows; `across` is the start of the other vector.
 */
type Kernel = (a: number, stride: number, groups: number, along: number, end: number, across: number) => void;

const address = ({ data, offset }: StridedMatrix) => data.byteOffset + offset * DOUBLE;

function vectorModule(bytes: number): Uint8Array<ArrayBuffer> {
  const [a, stride, groups, along, end, across, here] = [0, 1, 2, 3, 4, 5, 6] as const;
  const four = [0, 1, 2, 3] as const;
  const row = (i: number) => 7 + i;
  const ofRow = (i: number) => 11 + i; // the row's sum, or the number that multiplies the row
  const pair = 15;
  const step = (local: number, by: Code): Code => [...get(local), ...by, ...i32.add, ...set(local)];

  const kernel = (name: string, before: (i: number) => Code, body: Code, after: Code) => ({
    name,
    parameters: new Array<"i32">(6).fill("i32"),
    locals: [...new Array<"i32">(5).fill("i32"), ...new Array<"v128">(5).fill("v128")],
    body: loop(
      ...four.flatMap((i) => [before(i), set(ofRow(i))]),
      ...four.flatMap((i) => [get(a), set(row(i)), step(a, get(stride))]),
      ...[get(along), set(here)],
      loop(
        body,
        ...four.map((i) => step(row(i), i32.constant(16))),
        ...[get(here), i32.constant(16), i32.add, tee(here), get(end), i32.lessUnsigned, branchIf],
      ),
      after,
      step(across, i32.constant(ROWS * DOUBLE)),
      ...[get(groups), i32.constant(-1), i32.add, tee(groups), branchIf],
    ),
  });
  const times = kernel(
    "times",
    () => v128.zero,
    [
      ...[get(here), v128.load(0), set(pair)],
      ...four.map((i) =>
        [get(ofRow(i)), get(row(i)), v128.load(0), get(pair), f64x2.multiply, f64x2.add, set(ofRow(i))].flat(),
      ),
    ].flat(),
    four.flatMap((i) =>
      [
        ...[get(across), get(ofRow(i)), f64x2.lane(0), get(ofRow(i)), f64x2.lane(1)],
        ...[f64.add, f64.store(i * DOUBLE)],
      ].flat(),
    ),
  );
  const addTransposeTimes = kernel(
    "addTransposeTimes",
    (i) => [...get(across), ...f64x2.loadSplat(i * DOUBLE)],
    [
      ...[get(here), v128.load(0)],
      ...four.flatMap((i) => [get(row(i)), v128.load(0), get(ofRow(i)), f64x2.multiply, f64x2.add]),
      ...[set(pair), get(here), get(pair), v128.store(0)],
    ].flat(),
    [],
  );
  return wasmModule(bytes, [times, addTransposeTimes]);
}
