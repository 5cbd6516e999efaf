// Writes an update program as a WebAssembly module.

import { branchIf, type Code, f32x4, get, i32, loop, set, tee, v128, wasmModule } from "@dit-bench/wasm";
import type { ElementProgram, UpdateOp } from "./program.ts";

/**
 * Elements of each state and vector that the module's memory holds at a time: together they fit into a core's cache.
 */
export const CHUNK = 4096;

/**
 * Byte offset of a state's or vector's chunk in the module's memory. It is half a page past a page boundary because the
 * C library places large arrays near page boundaries, and on Zen 3 a copy between equal page offsets takes six times as
 * long (docs/log.md, 2026-11-27).
 */
export const chunkOffset = (buffer: number): number => 2048 + buffer * CHUNK * 4;

/**
 * A module whose memory holds one chunk of each state, then one of each vector. Its `update(bytes, ...scalars)`
 * overwrites the state chunks with the updated state, four elements at a time. Every instruction rounds by IEEE 754, so
 * the result has the bits that the graph's own nodes would give.
 */
export function updateModule(program: ElementProgram): Uint8Array<ArrayBuffer> {
  const { states, vectors, scalars, instructions, results } = program;
  const buffers = states.length + vectors.length;
  const values = buffers + scalars.length + instructions.length;

  // Locals: the parameters (bytes of a chunk, scalars), the byte offset within the chunk, and a v128 for each value.
  const bytes = 0;
  const at = 1 + scalars.length;
  const local = (value: number) => at + 1 + value;
  return wasmModule(chunkOffset(buffers), [
    {
      name: "update",
      parameters: ["i32", ...scalars.map(() => "f32" as const)],
      locals: ["i32", ...Array.from({ length: values }, () => "v128" as const)],
      body: [
        ...scalars.flatMap((_, i) => [...get(1 + i), ...f32x4.splat, ...set(local(buffers + i))]),
        ...loop(
          ...Array.from({ length: buffers }, (_, b) => [...get(at), ...v128.load(chunkOffset(b)), ...set(local(b))]),
          ...instructions.flatMap(({ op, operands }, i) => [
            ...operands.map((value) => get(local(value))),
            CODE[op],
            set(local(buffers + scalars.length + i)),
          ]),
          ...results.flatMap((value, state) => [get(at), get(local(value)), v128.store(chunkOffset(state))]),
          ...[get(at), i32.constant(16), i32.add, tee(at), get(bytes), i32.lessUnsigned, branchIf],
        ),
      ],
    },
  ]);
}

const CODE: Record<UpdateOp, Code> = {
  Abs: f32x4.abs,
  Neg: f32x4.negate,
  Sqrt: f32x4.sqrt,
  Add: f32x4.add,
  Sub: f32x4.subtract,
  Mul: f32x4.multiply,
  Div: f32x4.divide,
};
