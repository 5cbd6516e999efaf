import { maxHeaderBytes, prefixBytes } from "./header.ts";
import { elementCount, type StoredTensor, tensorTypes, typeInfo } from "./tensor-type.ts";

/**
 * The bytes of a safetensors file. Tensors are laid out widest type first, then by name, metadata by key, and the header
 * is padded to 8 bytes, so the same content always gives the same bytes: those of the reference implementation.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, StoredTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts = safetensorsParts(tensors, metadata);
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The same, as the pieces that make up the file one after the other: header, then views of the tensors. */
export function safetensorsParts(
  tensors: Iterable<readonly [string, StoredTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const sorted = [...tensors].sort(([a, s], [b, t]) => rank(s) - rank(t) || compareUtf8(a, b));
  const keys = Object.keys(metadata).sort(compareUtf8);
  const fields: string[] = [];
  if (keys.length > 0)
    fields.push(`"__metadata__":{${keys.map((key) => `${quote(key)}:${quote(metadata[key] as string)}`)}}`);
  const parts: Uint8Array[] = [];
  const names = new Set<string>();
  let at = 0;
  for (const [name, tensor] of sorted) {
    if (names.has(name)) throw new Error(`tensor ${JSON.stringify(name)} is there twice: a name stands for one tensor`);
    if (name === "__metadata__")
      throw new Error('a tensor cannot be named "__metadata__": the format keeps that name for itself');
    names.add(name);
    const bytes = bytesOf(name, tensor);
    fields.push(
      `${quote(name)}:{"dtype":"${tensor.type}","shape":[${tensor.shape}],"data_offsets":[${at},${at + bytes.length}]}`,
    );
    parts.push(bytes);
    at += bytes.length;
  }
  return [headerBytes(`{${fields}}`), ...parts];
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

function bytesOf(name: string, { type, shape, data }: StoredTensor): Uint8Array {
  const { array } = typeInfo(type);
  if (!(data instanceof array))
    throw new Error(
      `tensor ${JSON.stringify(name)} of type ${type} holds a ${data.constructor.name}: wanted a ${array.name}`,
    );
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(shape) !== data.length)
    throw new Error(
      `tensor ${JSON.stringify(name)} of shape [${shape}] holds ${data.length} values: shape and values do not agree`,
    );
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const ranks = new Map([...tensorTypes.keys()].map((type, index) => [type, index]));

function rank({ type }: StoredTensor): number {
  return ranks.get(type) ?? ranks.size;
}

/** Orders by code point, which is the order of the UTF-8 bytes; the order of `<` differs from it outside the basic plane. */
function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function quote(text: string): string {
  if (typeof text !== "string")
    throw new Error(`metadata holds ${JSON.stringify(text)}: the format allows strings only`);
  if (/\p{Surrogate}/u.test(text))
    throw new Error(`the name or text ${JSON.stringify(text)} holds half of a surrogate pair: it is not Unicode text`);
  return JSON.stringify(text);
}
