// Encodes tensors as the bytes of a safetensors file.

import { elementCount, isTensorType, type StoredTensor, tensorTypes, typeInfo } from "../tensor-type.ts";
import { maxHeaderBytes, prefixBytes } from "./header.ts";

/**
 * Encodes a safetensors file. Tensors are ordered by type, widest first, then by name; metadata by key; the header is
 * padded to 8 bytes. Equal content gives equal bytes, the same as those of the reference implementation. Throws for two
 * tensors of one name, and for a type, shape or data that do not match.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, StoredTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return new Uint8Array(Buffer.concat([...safetensorsParts(tensors, metadata)]));
}

/** A tensor that is read just before it is written, so that only one has to be in memory. */
export interface PendingTensor {
  /** One of TensorType. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly read: () => StoredTensor;
}

/** A safetensors file in pieces: the header, then each tensor, read just before it is yielded. */
export function* safetensorsParts(
  tensors: Iterable<readonly [string, StoredTensor | PendingTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const sorted = [...tensors].sort(([a, s], [b, t]) => rank(s) - rank(t) || compareUtf8(a, b));
  const keys = Object.keys(metadata).sort(compareUtf8);
  const fields: string[] = [];
  if (keys.length > 0)
    fields.push(`"__metadata__":{${keys.map((key) => `${quote(key)}:${quote(metadata[key] as string)}`)}}`);
  const names = new Set<string>();
  let at = 0;
  for (const [name, tensor] of sorted) {
    if (names.has(name)) throw new Error(`tensor ${JSON.stringify(name)} occurs twice`);
    if (name === "__metadata__")
      throw new Error('a tensor cannot be named "__metadata__": the format reserves that name');
    names.add(name);
    const end = at + byteLengthOf(name, tensor);
    fields.push(`${quote(name)}:{"dtype":"${tensor.type}","shape":[${tensor.shape}],"data_offsets":[${at},${end}]}`);
    at = end;
  }
  yield headerBytes(`{${fields}}`);
  for (const [name, tensor] of sorted) {
    const storedTensor = "read" in tensor ? tensor.read() : tensor;
    if (storedTensor.type !== tensor.type || storedTensor.shape.join() !== tensor.shape.join())
      throw new Error(
        `tensor ${JSON.stringify(name)} was announced as ${tensor.type} [${tensor.shape}] ` +
          `and is ${storedTensor.type} [${storedTensor.shape}]`,
      );
    byteLengthOf(name, storedTensor);
    yield new Uint8Array(storedTensor.data.buffer, storedTensor.data.byteOffset, storedTensor.data.byteLength);
  }
}

function headerBytes(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > maxHeaderBytes)
    throw new Error(`header of ${length} bytes: a safetensors file has at most ${maxHeaderBytes}`);
  const bytes = new Uint8Array(prefixBytes + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, prefixBytes);
  return bytes;
}

/** The number of bytes for a tensor's type and shape. Throws if the data of a tensor in memory do not match them. */
function byteLengthOf(name: string, tensor: StoredTensor | PendingTensor): number {
  const { type, shape } = tensor;
  if (!isTensorType(type))
    throw new Error(`tensor ${JSON.stringify(name)} is ${type}: wanted one of ${[...tensorTypes.keys()].join(", ")}`);
  const { array, bytes } = typeInfo(type);
  const count = shape.every((size) => Number.isSafeInteger(size) && size >= 0) ? elementCount(shape) : undefined;
  if (count === undefined) throw new Error(`tensor ${JSON.stringify(name)} has the shape [${shape}]: wanted sizes`);
  if ("read" in tensor) return count * bytes;
  if (!(tensor.data instanceof array))
    throw new Error(
      `tensor ${JSON.stringify(name)} of type ${type} holds ${tensor.data.constructor.name}, wanted ${array.name}`,
    );
  if (count !== tensor.data.length)
    throw new Error(
      `tensor ${JSON.stringify(name)} of shape [${shape}] holds ${tensor.data.length} values: they do not match`,
    );
  return count * bytes;
}

const ranks = new Map<string, number>([...tensorTypes.keys()].map((type, index) => [type, index]));

function rank({ type }: { readonly type: string }): number {
  return ranks.get(type) ?? ranks.size;
}

/** Orders by code point, as the UTF-8 bytes do; `<` orders by UTF-16 code unit, which differs above U+FFFF. */
function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function quote(text: string): string {
  if (typeof text !== "string")
    throw new Error(`metadata holds ${JSON.stringify(text)}: the format allows strings only`);
  if (/\p{Surrogate}/u.test(text))
    throw new Error(`the name or text ${JSON.stringify(text)} holds a lone surrogate: it is not valid Unicode`);
  return JSON.stringify(text);
}
