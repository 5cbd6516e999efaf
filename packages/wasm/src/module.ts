import { type Code, type ValueType, valueTypes } from "./instructions.ts";
import { unsigned } from "./leb128.ts";

export interface WasmFunction {
  /** Under which it is exported. */
  readonly name: string;
  readonly parameters: readonly ValueType[];
  /** After the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** Of a module's memory, in bytes. */
export const PAGE = 65536;

/** A module with a memory of at least so many bytes, exported as `memory`, and with functions that give nothing back. */
export function wasmModule(bytes: number, functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = (of: readonly ValueType[]) => of.map((type) => [valueTypes[type]]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...vector(types(parameters)), 0]),
    ),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(5, [[0, ...unsigned(Math.ceil(bytes / PAGE))]]),
    ...section(7, [[...name("memory"), 2, 0], ...functions.map((f, i) => [...name(f.name), 0, ...unsigned(i)])]),
    ...section(
      10,
      functions.map(({ locals, body }) => {
        const code = [...vector(types(locals).map((type) => [1, ...type])), ...body, 0x0b];
        return [...unsigned(code.length), ...code];
      }),
    ),
  ]);
}

function section(id: number, items: readonly Code[]): number[] {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}

const vector = (items: readonly Code[]) => [...unsigned(items.length), ...items.flat()];
const name = (text: string) => vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
