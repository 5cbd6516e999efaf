import { again, type Code, f32x4, get, i32, loop, set, tee, v128, wasmModule } from "@dit-bench/wasm";
import type { UpdateOp, UpdateProgram } from "./program.ts";

/** Elements that are in the module's memory at a time, of each state and vector: all of them fit into a core's cache. */
export const CHUNK = 4096;

/**
 * Where a state's or vector's chunk lies in the module's memory, in bytes: half a page beside the start of a page, near which the C library puts
 * large arrays. Where a copy's ends lie at nearly the same place of their pages, Zen 3 makes it six times slower (docs/log.md).
 */
export const placeOf = (buffer: number): number => 2048 + buffer * CHUNK * 4;

/**
 * An update as a WebAssembly module: its memory holds a chunk of each state and then of each
 * vector, and `update(bytes, ...scalars)` puts new states in the place of old, four elements at a time. Each instruction rounds as IEEE 754
 * says, so that the result is what the graph's own nodes would make.
 */
export function updateModule(program: UpdateProgram): Uint8Array<ArrayBuffer> {
  const { states, vectors, scalars, instructions, results } = program;
  const buffers = states.length + vectors.length;
  const values = buffers + scalars.length + instructions.length;

  // Locals: the parameters (how many bytes, the scalars), where it is, and a vector for each value.
  const bytes = 0;
  const at = 1 + scalars.length;
  const local = (value: number) => at + 1 + value;
  return wasmModule(placeOf(buffers), [
    {
      name: "update",
      parameters: ["i32", ...scalars.map(() => "f32" as const)],
      locals: ["i32", ...Array.from({ length: values }, () => "v128" as const)],
      body: [
        ...scalars.flatMap((_, i) => [...get(1 + i), ...f32x4.splat, ...set(local(buffers + i))]),
        ...loop(
          ...Array.from({ length: buffers }, (_, b) => [...get(at), ...v128.load(placeOf(b)), ...set(local(b))]),
          ...instructions.flatMap(({ op, operands }, i) => [
            ...operands.map((value) => get(local(value))),
            CODE[op],
            set(local(buffers + scalars.length + i)),
          ]),
          ...results.flatMap((value, state) => [get(at), get(local(value)), v128.store(placeOf(state))]),
          ...[get(at), i32.constant(16), i32.add, tee(at), get(bytes), i32.lessUnsigned, again],
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
