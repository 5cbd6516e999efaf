// NumPy's .npy format: a magic string, a Python dictionary as text, then the numbers.
// Source: numpy/lib/format.py, "Format Version 1.0" to "3.0".

import { CorruptFileError } from "../corrupt-file-error.ts";
import { elementCount, type StoredTensor, type TensorData, type TensorType, typeInfo } from "../tensor-type.ts";
import { UnsupportedFileError } from "../weight-file-error.ts";

const magic = "\x93NUMPY";
/** NumPy's limit on a header without `allow_pickle` (`_MAX_HEADER_SIZE`). */
const maxHeaderBytes = 10_000;
/** Upper bound on the position where the header of a readable array ends. */
export const npyStartBytes = maxHeaderBytes + 12;
/** NumPy's limit on dimensions since 2.0 (`NPY_MAXDIMS`). */
const maxDimensions = 64;

/** NumPy's little-endian type strings; `|` marks types of one byte, which have no byte order. */
const descriptions = new Map<string, TensorType>([
  ["<f8", "F64"],
  ["<f4", "F32"],
  ["<f2", "F16"],
  ["<i8", "I64"],
  ["<i4", "I32"],
  ["<i2", "I16"],
  ["|i1", "I8"],
  ["|u1", "U8"],
  ["|b1", "BOOL"],
]);

/** Decodes an array into row-major order. Throws a WeightFileError. @param source the name in messages */
export function decodeNpy(bytes: Uint8Array, source: string): StoredTensor {
  const { type, shape, fortran, dataStart } = npyHeader(bytes, source);
  const count = elementCount(shape);
  const { array: TypedArray, bytes: width } = typeInfo(type);
  if (count === undefined || bytes.length - dataStart !== count * width)
    throw new CorruptFileError(
      source,
      `a .npy array ${type} [${shape}] has ${bytes.length - dataStart} bytes of numbers: ` +
        `wanted ${count === undefined ? "a size below 2^53" : count * width}`,
    );
  // No copy is needed if the buffer holds nothing else and the numbers are aligned. NumPy aligns them.
  const inPlace = bytes.length === bytes.buffer.byteLength && dataStart % width === 0;
  const data = inPlace
    ? new TypedArray(bytes.buffer, dataStart, count)
    : new TypedArray(new Uint8Array(bytes.subarray(dataStart)).buffer, 0, count);
  return { type, shape, data: fortran && shape.length > 1 ? rowMajor(data, shape) : data };
}

/** Encodes an array with the bytes that `numpy.save` writes. */
export function encodeNpy({ type, shape, data }: StoredTensor): Buffer {
  const description = [...descriptions].find(([, t]) => t === type)?.[0];
  if (description === undefined)
    throw new Error(`a .npy array cannot hold ${type}: wanted ${[...descriptions.values()].join(", ")}`);
  if (elementCount(shape) !== data.length)
    throw new Error(`a .npy array [${shape}] of ${data.length} numbers: they do not match`);
  // NumPy reserves 21 digits for the first dimension and ends the header at a multiple of 64 bytes.
  const room = shape.length > 0 ? " ".repeat(21 - String(shape[0]).length) : "";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': (${sizes}), }${room}`;
  const padding = 64 - ((magic.length + 4 + text.length + 1) % 64);
  const start = Buffer.from(`${magic}\x01\x00..${text}${" ".repeat(padding)}\n`, "latin1");
  start.writeUInt16LE(start.length - magic.length - 4, magic.length + 2);
  return Buffer.concat([start, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

export interface NpyHeader {
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** True for column-major order. */
  readonly fortran: boolean;
  /** Position of the first number. */
  readonly dataStart: number;
}

/** Parses the header of an array. @param bytes the whole array, or at least its first `npyStartBytes` bytes */
export function npyHeader(bytes: Uint8Array, source: string): NpyHeader {
  const corrupt = (problem: string) => new CorruptFileError(source, `.npy array: ${problem}`);
  const start = Buffer.from(bytes.subarray(0, magic.length + 6));
  if (start.length < magic.length + 6 || start.toString("latin1", 0, magic.length) !== magic)
    throw corrupt(`begins with ${JSON.stringify(start.toString("latin1", 0, magic.length))}: wanted \\x93NUMPY`);
  const version = start[magic.length]!;
  if (version < 1 || version > 3)
    throw new UnsupportedFileError(source, `.npy array of version ${version}: 1, 2 and 3 are read`);
  const textStart = magic.length + (version === 1 ? 4 : 6);
  const length = version === 1 ? start.readUInt16LE(magic.length + 2) : start.readUInt32LE(magic.length + 2);
  if (length > maxHeaderBytes) throw corrupt(`a header of ${length} bytes: at most ${maxHeaderBytes} are read`);
  if (textStart + length > bytes.length) throw corrupt(`a header of ${length} bytes in ${bytes.length}: truncated`);
  const text = Buffer.from(bytes.subarray(textStart, textStart + length)).toString("latin1");
  return { ...parseDictionary(text, source), dataStart: textStart + length };
}

/** Parses the three entries that NumPy writes. Refuses all others, and structured types, which are lists. */
function parseDictionary(text: string, source: string): Omit<NpyHeader, "dataStart"> {
  const quotedText = JSON.stringify(text.trim().slice(0, 120));
  const entry = (name: string, value: string) => new RegExp(`^[{,]\\s*(['"])${name}\\1\\s*:\\s*${value}\\s*`);
  let remaining = text.trim();
  const parsed = new Map<string, string>();
  while (!/^,?\s*\}$/.test(remaining)) {
    const previous = remaining;
    for (const [name, value] of Object.entries(valuePatterns)) {
      const match = entry(name, value).exec(remaining);
      if (!match || parsed.has(name)) continue;
      parsed.set(name, match[2]!);
      remaining = remaining.slice(match[0].length);
    }
    if (remaining === previous)
      throw new UnsupportedFileError(source, `.npy header ${quotedText}: wanted a plain type, its order and its shape`);
  }
  const description = parsed.get("descr");
  const sizes = parsed.get("shape");
  const order = parsed.get("fortran_order");
  if (description === undefined || sizes === undefined || order === undefined)
    throw new CorruptFileError(source, `.npy header ${quotedText}: wanted descr, fortran_order and shape`);
  const type = descriptions.get(description);
  if (type === undefined)
    throw new UnsupportedFileError(
      source,
      `.npy array of type ${JSON.stringify(description)}: ` +
        `wanted one of ${[...descriptions.keys()].join(", ")}; save it with NumPy as float64`,
    );
  const shape = [...sizes.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (shape.length > maxDimensions)
    throw new CorruptFileError(source, `.npy array of ${shape.length} dimensions: at most ${maxDimensions} exist`);
  return { type, shape, fortran: order === "True" };
}

const valuePatterns = {
  descr: `['"]([^'"]{1,20})['"]`,
  fortran_order: "(True|False)",
  shape: String.raw`\(((?:\s*\d{1,15}\s*(?:,|(?=\))))*)\s*\)`,
};

function rowMajor(columnMajor: TensorData, shape: readonly number[]): TensorData {
  const out = columnMajor.slice();
  const index = shape.map(() => 0);
  // In column-major order the first index changes fastest.
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
  let target = 0;
  for (let i = 0; i < out.length; i++) {
    out[target] = columnMajor[i]!;
    for (let d = 0; d < shape.length; d++) {
      target += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      target -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return out;
}
