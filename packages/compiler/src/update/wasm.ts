import type { UpdateOp, UpdateProgram } from "./program.ts";

/** Elements that are in the module's memory at a time, of each state and vector: all of them fit into a core's cache. */
export const CHUNK = 4096;

/**
 * Where a state's or vector's chunk lies in the module's memory, in bytes: half a page beside the start of a page, near which the C library puts
 * large arrays. Where a copy's ends lie at nearly the same place of their pages, Zen 3 makes it six times slower (docs/log.md).
 */
export const placeOf = (buffer: number): number => 2048 + buffer * CHUNK * 4;

/**
 * An update as a WebAssembly module (https://webassembly.github.io/spec/core/binary/): its memory holds a chunk of each state and then of each
 * vector, and `update(bytes, ...scalars)` puts new states in the place of old, four elements at a time. Each instruction rounds as IEEE 754
 * says, so that the result is what the graph's own nodes would make.
 */
export function updateModule(program: UpdateProgram): Uint8Array<ArrayBuffer> {
  const { states, vectors, scalars, instructions, results } = program;
  const buffers = states.length + vectors.length;
  const values = buffers + scalars.length + instructions.length;

  // Locals: the parameters (how many bytes, the scalars), where it is, and a vector for each value.
  const bytesLocal = 0;
  const at = 1 + scalars.length;
  const local = (value: number) => at + 1 + value;
  const get = (index: number) => [0x20, ...unsigned(index)];
  const set = (index: number) => [0x21, ...unsigned(index)];
  const place = (buffer: number) => [4, ...unsigned(placeOf(buffer))]; // aligned to 2^4 bytes, offset

  const body = [
    ...unsigned(2), // groups of locals
    ...[...unsigned(1), I32],
    ...[...unsigned(values), V128],
    ...scalars.flatMap((_, i) => [...get(1 + i), ...simd(0x13), ...set(local(buffers + i))]), // f32x4.splat
    ...[0x03, 0x40], // loop
    ...Array.from({ length: buffers }, (_, b) => [...get(at), ...simd(0x00), ...place(b), ...set(local(b))]).flat(),
    ...instructions.flatMap(({ op, operands }, i) => [
      ...operands.flatMap((value) => get(local(value))),
      ...simd(OPCODES[op]),
      ...set(local(buffers + scalars.length + i)),
    ]),
    ...results.flatMap((value, state) => [...get(at), ...get(local(value)), ...simd(0x0b), ...place(state)]),
    ...[...get(at), 0x41, 16, 0x6a, 0x22, ...unsigned(at)], // at += 16
    ...[...get(bytesLocal), 0x49, 0x0d, 0], // again while at < bytes
    ...[0x0b, 0x0b],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...vector([[I32], ...scalars.map(() => [F32])]), 0]]),
    ...section(3, [[0]]),
    ...section(5, [[0, ...unsigned(Math.ceil(placeOf(buffers) / 65536))]]),
    ...section(7, [
      [...name("memory"), 2, 0],
      [...name("update"), 0, 0],
    ]),
    ...section(10, [[...unsigned(body.length), ...body]]),
  ]);
}

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;

const OPCODES: Record<UpdateOp, number> = {
  Abs: 0xe0,
  Neg: 0xe1,
  Sqrt: 0xe3,
  Add: 0xe4,
  Sub: 0xe5,
  Mul: 0xe6,
  Div: 0xe7,
};
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}
const vector = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
const name = (text: string) => vector([...new TextEncoder().encode(text)].map((byte) => [byte]));

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
