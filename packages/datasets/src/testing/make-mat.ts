// Writes level 5 MAT-files for tests, with the types that label files use.

import { deflateSync } from "node:zlib";

export type MatSource =
  | {
      readonly numbers: readonly number[];
      readonly shape?: readonly number[];
      readonly as?: "double" | "uint8" | "uint16";
    }
  | { readonly text: string; readonly shape?: readonly number[] }
  | { readonly cell: readonly MatSource[] }
  | { readonly struct: readonly Readonly<Record<string, MatSource>>[] };

export interface MatOptions {
  readonly compressed?: boolean;
  readonly bigEndian?: boolean;
}

/** The bytes of a MAT-file with these variables. */
export function makeMat(
  variables: Readonly<Record<string, MatSource>>,
  { compressed = true, bigEndian = false }: MatOptions = {},
): Buffer {
  const write = createWriter(!bigEndian);
  const header = Buffer.alloc(128, 0x20);
  header.write("MATLAB 5.0 MAT-file", 0);
  header.fill(0, 116, 124);
  header.set(write.u16(0x0100), 124);
  header.write(bigEndian ? "MI" : "IM", 126);
  const elements = Object.entries(variables).map(([name, source]) => {
    const plain = write.matrix(name, source);
    if (!compressed) return plain;
    const packed = deflateSync(plain);
    return Buffer.concat([write.u32(15), write.u32(packed.length), packed]);
  });
  return Buffer.concat([header, ...elements]);
}

function createWriter(littleEndian: boolean) {
  const u16 = (n: number) => {
    const bytes = Buffer.alloc(2);
    littleEndian ? bytes.writeUInt16LE(n) : bytes.writeUInt16BE(n);
    return bytes;
  };
  const u32 = (n: number) => {
    const bytes = Buffer.alloc(4);
    littleEndian ? bytes.writeUInt32LE(n) : bytes.writeUInt32BE(n);
    return bytes;
  };
  const f64 = (n: number) => {
    const bytes = Buffer.alloc(8);
    littleEndian ? bytes.writeDoubleLE(n) : bytes.writeDoubleBE(n);
    return bytes;
  };
  const element = (type: number, data: Buffer) =>
    data.length > 0 && data.length <= 4
      ? Buffer.concat([u32((data.length << 16) | type), data, Buffer.alloc(4 - data.length)])
      : Buffer.concat([u32(type), u32(data.length), data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
  const matrix = (name: string, source: MatSource): Buffer => {
    const { type, shape, parts } = contents(source);
    const flags = element(6, Buffer.concat([u32(type), u32(0)]));
    const dimensions = element(5, Buffer.concat(shape.map(u32)));
    return element(14, Buffer.concat([flags, dimensions, element(1, Buffer.from(name, "latin1")), ...parts]));
  };
  const contents = (source: MatSource): { type: number; shape: readonly number[]; parts: Buffer[] } => {
    if ("numbers" in source) {
      const { numbers, shape = [1, numbers.length], as = "double" } = source;
      const stored = { double: element(9, Buffer.concat(numbers.map(f64))), uint8: element(2, Buffer.from(numbers)) };
      if (as === "uint16") return { type: 11, shape, parts: [element(4, Buffer.concat(numbers.map(u16)))] };
      return { type: as === "double" ? 6 : 9, shape, parts: [stored[as]] };
    }
    if ("text" in source) {
      const units = Array.from({ length: source.text.length }, (_, i) => u16(source.text.charCodeAt(i)));
      return { type: 4, shape: source.shape ?? [1, source.text.length], parts: [element(4, Buffer.concat(units))] };
    }
    if ("cell" in source)
      return { type: 1, shape: [1, source.cell.length], parts: source.cell.map((item) => matrix("", item)) };
    const names = Object.keys(source.struct[0] ?? {});
    const table = Buffer.concat(names.map((field) => Buffer.from(field.padEnd(32, "\0"), "latin1")));
    const items = source.struct.flatMap((item) => names.map((field) => matrix("", item[field]!)));
    return { type: 2, shape: [1, source.struct.length], parts: [element(5, u32(32)), element(1, table), ...items] };
  };
  return { u16, u32, matrix };
}
