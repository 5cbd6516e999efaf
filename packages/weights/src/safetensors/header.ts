// The header of a safetensors file: https://github.com/huggingface/safetensors, "Format".

import { CorruptFileError } from "../corrupt-file-error.ts";
import { maxTensors } from "../limits.ts";
import { type Json, JsonError, type JsonObject, parseStrictJson } from "../strict-json.ts";
import { elementCount, isTensorType, type TensorType, tensorTypes, typeInfo } from "../tensor-type.ts";

/** The header entry of one tensor. Its bytes run from `begin` to `end`, counted from the end of the header. */
export interface Entry {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** The tensors in the order of their data in the file. */
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The length field before the header: 64 bits, little-endian. */
export const prefixBytes = 8;

/** The limit of the reference implementation (safetensors, `MAX_HEADER_SIZE`). */
export const maxHeaderBytes = 100_000_000;

/** The header length in the first eight bytes, checked against the file size. Throws CorruptFileError. */
export function headerLength(prefix: Uint8Array, fileBytes: number, source: string): number {
  if (prefix.length < prefixBytes)
    throw new CorruptFileError(source, `${prefix.length} bytes: a safetensors file has at least ${prefixBytes}`);
  const announced = new DataView(prefix.buffer, prefix.byteOffset, prefixBytes).getBigUint64(0, true);
  if (announced > BigInt(maxHeaderBytes))
    throw new CorruptFileError(
      source,
      `header of ${announced} bytes: at most ${maxHeaderBytes} are allowed; is it a safetensors file?`,
    );
  const length = Number(announced);
  if (prefixBytes + length > fileBytes)
    throw new CorruptFileError(
      source,
      `header of ${length} bytes in a file of ${fileBytes}: truncated, or not a safetensors file`,
    );
  return length;
}

/**
 * Parses a header and checks it: types are known, shapes are valid, each byte range has the length that type and shape
 * require, and the ranges cover the data from 0 to `dataBytes` without gaps. Throws CorruptFileError.
 */
export function parseHeader(header: Uint8Array, dataBytes: number, source: string): Header {
  const fail = (problem: string): never => {
    throw new CorruptFileError(source, problem);
  };
  const fields = headerFields(header, fail);
  const count = fields.has("__metadata__") ? fields.size - 1 : fields.size;
  if (count > maxTensors) fail(`${count} tensors: at most ${maxTensors} are read`);
  let metadata: Readonly<Record<string, string>> = {};
  const entries: Entry[] = [];
  for (const [name, value] of fields) {
    if (name === "__metadata__") metadata = readMetadata(value, fail);
    else entries.push(readEntry(name, value, fail));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered)
      fail(
        `tensor ${JSON.stringify(name)} begins at byte ${begin} of the data, the previous one ends at ${covered}: ` +
          "overlap or gap",
      );
    covered = end;
  }
  if (covered !== dataBytes)
    fail(`the tensors cover ${covered} bytes of data, the file holds ${dataBytes}: truncated, or with extra bytes`);
  return { entries, metadata };
}

type Fail = (problem: string) => never;

function headerFields(header: Uint8Array, fail: Fail): JsonObject {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    return fail("header is not UTF-8 text");
  }
  if (text[0] !== "{") fail('header does not begin with "{"');
  try {
    return parseStrictJson(text) as JsonObject;
  } catch (error) {
    if (error instanceof JsonError) return fail(`header is not strict JSON: ${error.message}`);
    throw error;
  }
}

function readMetadata(value: Json, fail: Fail): Readonly<Record<string, string>> {
  if (value === null) return {};
  if (!(value instanceof Map)) return fail("__metadata__ is not an object");
  for (const [key, text] of value as JsonObject)
    if (typeof text !== "string")
      fail(`__metadata__ ${JSON.stringify(key)} is not a string: the format allows strings only`);
  return Object.fromEntries(value as ReadonlyMap<string, string>);
}

function readEntry(name: string, value: Json, fail: Fail): Entry {
  if (!(value instanceof Map))
    return fail(`tensor ${JSON.stringify(name)}: wanted an object with dtype, shape and data_offsets`);
  const fields = value as JsonObject;
  const type = fields.get("dtype");
  if (typeof type !== "string") return fail(`tensor ${JSON.stringify(name)}: dtype is not a string`);
  if (!isTensorType(type))
    return fail(
      `tensor ${JSON.stringify(name)} has dtype "${type}": wanted one of ${[...tensorTypes.keys()].join(", ")}`,
    );
  const shape = sizes(fields.get("shape"));
  if (shape === undefined) return fail(`tensor ${JSON.stringify(name)}: shape is not a list of sizes from 0 to 2^53`);
  const [begin, end, ...more] = sizes(fields.get("data_offsets")) ?? [];
  if (begin === undefined || end === undefined || more.length > 0)
    return fail(`tensor ${JSON.stringify(name)}: data_offsets is not a pair of sizes from 0 to 2^53`);
  const count = elementCount(shape);
  if (count === undefined)
    return fail(`tensor ${JSON.stringify(name)} of shape [${shape}]: too many elements to count`);
  const bytes = count * typeInfo(type).bytes;
  if (bytes !== end - begin)
    fail(
      `tensor ${JSON.stringify(name)}, ${type} [${shape}], takes ${bytes} bytes, ` +
        `data_offsets [${begin}, ${end}] give it ${end - begin}`,
    );
  return { name, type, shape, count, begin, end };
}

function sizes(value: Json | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list = (value as readonly Json[]).map((item) =>
    typeof item === "bigint" && item >= 0n ? Number(item) : Number.NaN,
  );
  return list.every(Number.isSafeInteger) ? list : undefined;
}
