// The inner kernel of gemm.ts as a WebAssembly module, with two double precision numbers per instruction. Every sum
// runs over k in order, so it has the bits of a sum in plain JavaScript.
//
// K = the summed axis, G = groups of four columns

import { branchIf, f64x2, get, i32, loop, set, tee, v128, wasmModule } from "@dit-bench/wasm";

/** The largest K and number of columns that fit into the module's memory. */
export const MAX_DEPTH = 256;
export const MAX_COLUMNS = 64;
const ROWS = 4;

const DOUBLE = 8;
const COLUMNS_AT = ROWS * MAX_DEPTH * DOUBLE;
const SUMS_AT = COLUMNS_AT + MAX_COLUMNS * MAX_DEPTH * DOUBLE;
const END = SUMS_AT + ROWS * MAX_COLUMNS * DOUBLE;

export interface GemmKernel {
  /** [K, 4]: four rows of the left operand. */
  readonly rows: Float64Array;
  /** [G, K, 4]: the rows of the right operand, in groups of four. */
  readonly columns: Float64Array;
  /** [G, 4 rows, 4 columns]: the results of `multiply`. */
  readonly sums: Float64Array;
  multiply(groups: number, k: number): void;
}

let kernel: GemmKernel | undefined;

/** The kernel of this process. It is shared because nothing in its memory outlives a call of gemmNT. */
export function gemmKernel(): GemmKernel {
  kernel ??= start();
  return kernel;
}

function start(): GemmKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelModule()));
  const { memory, multiply } = exports as { memory: WebAssembly.Memory; multiply: GemmKernel["multiply"] };
  return {
    rows: new Float64Array(memory.buffer, 0, ROWS * MAX_DEPTH),
    columns: new Float64Array(memory.buffer, COLUMNS_AT, MAX_COLUMNS * MAX_DEPTH),
    sums: new Float64Array(memory.buffer, SUMS_AT, ROWS * MAX_COLUMNS),
    multiply,
  };
}

function kernelModule(): Uint8Array<ArrayBuffer> {
  const [groups, k, p, q, out, pEnd, firstSum] = [0, 1, 2, 3, 4, 5, 6] as const;
  const sums = Array.from({ length: 2 * ROWS }, (_, i) => firstSum + i); // two columns each
  const [left, right, factor] = [firstSum + 8, firstSum + 9, firstSum + 10] as const;
  const step = (local: number, by: number) => [...get(local), ...i32.constant(by), ...i32.add, ...set(local)];
  const ofRow = (row: number) => [
    ...[get(p), f64x2.loadSplat(row * DOUBLE), set(factor)],
    ...[left, right].flatMap((pair, half) => {
      const sum = sums[2 * row + half]!;
      return [get(sum), get(factor), get(pair), f64x2.multiply, f64x2.add, set(sum)];
    }),
  ];
  return wasmModule(END, [
    {
      name: "multiply",
      parameters: ["i32", "i32"],
      locals: ["i32", "i32", "i32", "i32", ...new Array<"v128">(2 * ROWS + 3).fill("v128")],
      body: [
        ...[i32.constant(COLUMNS_AT), set(q), i32.constant(SUMS_AT), set(out)],
        ...[get(k), i32.constant(ROWS * DOUBLE), i32.multiply, set(pEnd)],
        loop(
          ...sums.flatMap((sum) => [v128.zero, set(sum)]),
          ...[i32.constant(0), set(p)],
          loop(
            ...[get(q), v128.load(0), set(left), get(q), v128.load(16), set(right)],
            ...[0, 1, 2, 3].flatMap(ofRow),
            ...[step(q, 32), step(p, 32), get(p), get(pEnd), i32.lessUnsigned, branchIf],
          ),
          ...sums.flatMap((sum, i) => [get(out), get(sum), v128.store(16 * i)]),
          step(out, 16 * sums.length),
          ...[get(groups), i32.constant(-1), i32.add, tee(groups), branchIf],
        ),
      ].flat(),
    },
  ]);
}
