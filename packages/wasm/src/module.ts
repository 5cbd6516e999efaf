// Encodes a module in WebAssembly's binary format: https://webassembly.github.io/spec/core/binary/modules.html

import { type Code, type ValueType, valueTypes } from "./instructions.ts";
import { unsignedLeb128 } from "./leb128.ts";

export interface WasmFunction {
  /** The name under which the function is exported. */
  readonly name: string;
  readonly parameters: readonly ValueType[];
  /** Types of the locals that follow the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** Size of a page of memory in bytes. */
export const PAGE_BYTES = 65536;

/**
 * Encodes a module that exports `memory` and functions without results. The ids of its sections are 1 types,
 * 3 functions, 5 memory, 7 exports and 10 code.
 *
 * @param bytes size of the memory; it is rounded up to whole pages
 */
export function wasmModule(bytes: number, functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = (of: readonly ValueType[]) => of.map((type) => [valueTypes[type]]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm" and the version
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...vector(types(parameters)), 0]),
    ),
    ...section(
      3,
      functions.map((_, i) => unsignedLeb128(i)),
    ),
    ...section(5, [[0, ...unsignedLeb128(Math.ceil(bytes / PAGE_BYTES))]]),
    ...section(7, [[...name("memory"), 2, 0], ...functions.map((f, i) => [...name(f.name), 0, ...unsignedLeb128(i)])]),
    ...section(
      10,
      functions.map(({ locals, body }) => {
        const code = [...vector(types(locals).map((type) => [1, ...type])), ...body, 0x0b];
        return [...unsignedLeb128(code.length), ...code];
      }),
    ),
  ]);
}

function section(id: number, items: readonly Code[]): number[] {
  const content = vector(items);
  return [id, ...unsignedLeb128(content.length), ...content];
}

const vector = (items: readonly Code[]) => [...unsignedLeb128(items.length), ...items.flat()];
const name = (text: string) => vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
