// The inner product of matrix-product.ts as a WebAssembly module, two double precision numbers at a time
// (https://webassembly.github.io/spec/core/binary/). Every sum runs over k in order, as in plain JavaScript, and so to the same bits.
//
// K = the summed axis, G = groups of four columns

/** The most that the module's memory has room for. */
export const MOST_K = 256;
export const MOST_COLUMNS = 64;
const ROWS = 4;

const DOUBLE = 8;
const COLUMNS_AT = ROWS * MOST_K * DOUBLE;
const SUMS_AT = COLUMNS_AT + MOST_COLUMNS * MOST_K * DOUBLE;
const END = SUMS_AT + ROWS * MOST_COLUMNS * DOUBLE;

export interface ProductKernel {
  /** [K, 4]: the factors of four rows. */
  readonly rows: Float64Array;
  /** [G, K, 4]: the factors of the columns, four at a time. */
  readonly columns: Float64Array;
  /** [G, 4 rows, 4 columns]: what `multiply` makes. */
  readonly sums: Float64Array;
  multiply(groups: number, k: number): void;
}

let kernel: ProductKernel | undefined;

/** One for the process: nothing in it outlives a call. */
export function productKernel(): ProductKernel {
  kernel ??= start();
  return kernel;
}

function start(): ProductKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelModule()));
  const { memory, multiply } = exports as { memory: WebAssembly.Memory; multiply: ProductKernel["multiply"] };
  return {
    rows: new Float64Array(memory.buffer, 0, ROWS * MOST_K),
    columns: new Float64Array(memory.buffer, COLUMNS_AT, MOST_COLUMNS * MOST_K),
    sums: new Float64Array(memory.buffer, SUMS_AT, ROWS * MOST_COLUMNS),
    multiply,
  };
}

function kernelModule(): Uint8Array<ArrayBuffer> {
  const [groups, k, p, q, out, pEnd, firstSum] = [0, 1, 2, 3, 4, 5, 6] as const;
  const sums = Array.from({ length: 2 * ROWS }, (_, i) => firstSum + i); // two columns each
  const [left, right, factor] = [firstSum + 8, firstSum + 9, firstSum + 10] as const;
  const step = (local: number, by: number) => [...get(local), ...constant(by), 0x6a, ...set(local)];

  const body = [
    ...[2, 4, I32, 2 * ROWS + 3, V128], // locals after the two parameters
    ...[...constant(COLUMNS_AT), ...set(q), ...constant(SUMS_AT), ...set(out)],
    ...[...get(k), ...constant(ROWS * DOUBLE), 0x6c, ...set(pEnd)],
    ...[0x03, 0x40], // loop over groups
    ...sums.flatMap((sum) => [0xfd, 0x0c, ...new Uint8Array(16), ...set(sum)]),
    ...[...constant(0), ...set(p)],
    ...[0x03, 0x40], // loop over k
    ...[...get(q), ...load(0), ...set(left), ...get(q), ...load(16), ...set(right)],
    ...Array.from({ length: ROWS }, (_, row) => [
      ...[...get(p), ...loadSplat(row * DOUBLE), ...set(factor)],
      ...[left, right].flatMap((pair, half) => {
        const sum = sums[2 * row + half]!;
        return [...get(sum), ...get(factor), ...get(pair), ...MUL, ...ADD, ...set(sum)];
      }),
    ]).flat(),
    ...[...step(q, 32), ...step(p, 32), ...get(p), ...get(pEnd), 0x49, 0x0d, 0], // again while p < pEnd
    0x0b,
    ...sums.flatMap((sum, i) => [...get(out), ...get(sum), ...store(16 * i)]),
    ...step(out, 16 * sums.length),
    ...[...get(groups), ...constant(-1), 0x6a, ...tee(groups), 0x0d, 0], // again while groups are left
    ...[0x0b, 0x0b],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, 2, I32, I32, 0]),
    ...section(3, [0]),
    ...section(5, [0, ...unsigned(Math.ceil(END / 65536))]),
    ...exported(),
    ...section(10, [...unsigned(body.length), ...body]),
  ]);
}

const I32 = 0x7f;
const V128 = 0x7b;
const ADD = [0xfd, 0xf0, 0x01]; // f64x2.add
const MUL = [0xfd, 0xf2, 0x01]; // f64x2.mul

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const constant = (value: number) => [0x41, ...signed(value)];
const load = (offset: number) => [0xfd, 0x00, 4, ...unsigned(offset)];
const loadSplat = (offset: number) => [0xfd, 0x0a, 3, ...unsigned(offset)];
const store = (offset: number) => [0xfd, 0x0b, 4, ...unsigned(offset)];

/** With one item. */
function section(id: number, item: readonly number[]): number[] {
  return [id, ...unsigned(item.length + 1), 1, ...item];
}

function exported(): number[] {
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  const content = [2, ...name("memory"), 2, 0, ...name("multiply"), 0, 0];
  return [7, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
