// Runs an update program over arrays in place, chunk by chunk, in a WebAssembly module made from it.

import type { ElementProgram } from "./program.ts";
import { CHUNK, chunkOffset, updateModule } from "./wasm.ts";

export type ApplyUpdate = (
  states: readonly Float32Array[],
  vectors: readonly (readonly Float32Array[])[],
  scalars: readonly number[],
) => void;

/** Each vector is given as the arrays that concatenate to it. */
export function createUpdater(program: ElementProgram): ApplyUpdate {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(updateModule(program)));
  const { memory, update } = exports as { memory: WebAssembly.Memory; update: (bytes: number, ...s: number[]) => void };
  const chunk = (buffer: number, length: number) => new Float32Array(memory.buffer, chunkOffset(buffer), length);
  const { size } = program; // the function does not reference the program, which may hold values of a graph
  return (states, vectors, scalars) => {
    const readers = vectors.map(concatenationReader);
    for (let at = 0; at < size; at += CHUNK) {
      const length = Math.min(CHUNK, size - at);
      for (const [i, state] of states.entries()) chunk(i, length).set(state.subarray(at, at + length));
      for (const [i, read] of readers.entries()) read(chunk(states.length + i, length));
      update(4 * length, ...scalars);
      for (const [i, state] of states.entries()) state.set(chunk(i, length), at);
    }
  };
}

/** Reads the concatenation of parts: each call fills its array with the next elements. */
function concatenationReader(parts: readonly Float32Array[]): (to: Float32Array) => void {
  let part = 0;
  let from = 0;
  return (to) => {
    let at = 0;
    while (at < to.length) {
      const piece = parts[part]!;
      const length = Math.min(to.length - at, piece.length - from);
      to.set(piece.subarray(from, from + length), at);
      at += length;
      from += length;
      if (from === piece.length) {
        part++;
        from = 0;
      }
    }
  };
}
