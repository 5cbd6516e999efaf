// Reads the data elements of a MAT-file. An element is a tag with type and length, then the data, padded to 8 bytes.
// Source: MATLAB MAT-File Format (The MathWorks, 2019), chapter 1, "Level 5 MAT-files".

import { inflateSync } from "node:zlib";
import { MatError } from "./mat-error.ts";

export const elementTypes = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  single: 7,
  double: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
  utf32: 18,
} as const;

export interface Element {
  readonly type: number;
  readonly data: Buffer;
}

/**
 * The decompressed bytes and the values that may still be read. Limits small compressed files that would fill memory.
 */
export interface Budget {
  bytes: number;
  values: number;
}

/** The elements of `bytes` in order. Throws MatError for one that is longer than the rest of the bytes. */
export function* readElements(bytes: Buffer, littleEndian: boolean): Generator<Element> {
  let at = 0;
  while (at < bytes.length) {
    const { element, next } = elementAt(bytes, at, littleEndian);
    yield element;
    at = next;
  }
}

function elementAt(bytes: Buffer, at: number, littleEndian: boolean): { element: Element; next: number } {
  if (at + 8 > bytes.length)
    throw new MatError(`truncated: ${bytes.length - at} bytes left, expected an element's tag`);
  const word = u32(bytes, at, littleEndian);
  const shortLength = word >>> 16; // a length here marks the short form: up to four bytes of data inside the tag
  if (shortLength !== 0) {
    if (shortLength > 4) throw new MatError(`a short element of ${shortLength} bytes, expected at most 4`);
    return { element: { type: word & 0xffff, data: bytes.subarray(at + 4, at + 4 + shortLength) }, next: at + 8 };
  }
  const length = u32(bytes, at + 4, littleEndian);
  const end = at + 8 + length;
  if (end > bytes.length) throw new MatError(`an element of ${length} bytes, but ${bytes.length - at - 8} are left`);
  const padded = word === elementTypes.compressed ? end : Math.min(bytes.length, at + 8 + 8 * Math.ceil(length / 8));
  return { element: { type: word, data: bytes.subarray(at + 8, end) }, next: padded };
}

/** The element inside a compressed one. Throws MatError for damaged data, or above the budget of bytes. */
export function decompress({ data }: Element, littleEndian: boolean, budget: Budget): Element {
  let bytes: Buffer;
  try {
    bytes = inflateSync(data, { maxOutputLength: Math.max(1, budget.bytes) });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new MatError(
      tooLarge ? "decompressed data exceeds the limit" : `compressed data is damaged: ${(error as Error).message}`,
    );
  }
  budget.bytes -= bytes.length;
  return elementAt(bytes, 0, littleEndian).element;
}

/** The numbers of an element of any numeric type. Throws MatError for other types, or above the budget of values. */
export function readNumbers({ type, data }: Element, littleEndian: boolean, budget: Budget): Float64Array {
  const format = numericFormats[type];
  if (format === undefined) throw new MatError(`an element of type ${type}, expected numbers`);
  if (data.length % format.bytes !== 0)
    throw new MatError(`${data.length} bytes, expected a multiple of ${format.bytes}`);
  const count = data.length / format.bytes;
  budget.values -= count;
  if (budget.values < 0) throw new MatError("the number of values exceeds the limit");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return Float64Array.from({ length: count }, (_, i) => format.read(view, i * format.bytes, littleEndian));
}

const numericFormats: Readonly<
  Record<number, { bytes: number; read: (v: DataView, at: number, littleEndian: boolean) => number }>
> = {
  [elementTypes.int8]: { bytes: 1, read: (v, at) => v.getInt8(at) },
  [elementTypes.uint8]: { bytes: 1, read: (v, at) => v.getUint8(at) },
  [elementTypes.int16]: { bytes: 2, read: (v, at, littleEndian) => v.getInt16(at, littleEndian) },
  [elementTypes.uint16]: { bytes: 2, read: (v, at, littleEndian) => v.getUint16(at, littleEndian) },
  [elementTypes.int32]: { bytes: 4, read: (v, at, littleEndian) => v.getInt32(at, littleEndian) },
  [elementTypes.uint32]: { bytes: 4, read: (v, at, littleEndian) => v.getUint32(at, littleEndian) },
  [elementTypes.single]: { bytes: 4, read: (v, at, littleEndian) => v.getFloat32(at, littleEndian) },
  [elementTypes.double]: { bytes: 8, read: (v, at, littleEndian) => v.getFloat64(at, littleEndian) },
  [elementTypes.int64]: { bytes: 8, read: (v, at, littleEndian) => toSafeInteger(v.getBigInt64(at, littleEndian)) },
  [elementTypes.uint64]: { bytes: 8, read: (v, at, littleEndian) => toSafeInteger(v.getBigUint64(at, littleEndian)) },
};

function toSafeInteger(value: bigint): number {
  if (!Number.isSafeInteger(Number(value))) throw new MatError(`the number ${value} does not fit in 53 bits`);
  return Number(value);
}

/** The text of an element: UTF-8, UTF-16, UTF-32, or one number per character. */
export function readCharacters(element: Element, littleEndian: boolean, budget: Budget): string {
  if (element.type === elementTypes.utf8) return element.data.toString("utf8");
  const type = { [elementTypes.utf16]: elementTypes.uint16, [elementTypes.utf32]: elementTypes.uint32 }[element.type];
  const codes = readNumbers({ ...element, type: type ?? element.type }, littleEndian, budget);
  if (codes.some((code) => !(Number.isInteger(code) && code >= 0 && code <= 0x10ffff)))
    throw new MatError("a number that is not a character code");
  const toText = element.type === elementTypes.utf32 ? String.fromCodePoint : String.fromCharCode;
  return Array.from(codes, (code) => toText(code)).join("");
}

const u32 = (bytes: Buffer, at: number, littleEndian: boolean) =>
  littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
