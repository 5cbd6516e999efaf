// Slices and joins tensors by rows, for any number type.

import { LayoutError, type RawTensor } from "./tensor-source.ts";

type Numbers = RawTensor["data"];
interface NumbersClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Numbers;
}

/** Rows `begin` up to, not including, `end`: a view of the same memory. */
export function sliceRows<T extends RawTensor>(tensor: T, begin: number, end: number): T {
  const { shape, data } = tensor;
  const row = shape[0] === 0 ? 0 : data.length / shape[0]!;
  const View = data.constructor as NumbersClass;
  const width = View.BYTES_PER_ELEMENT;
  const part = new View(data.buffer, data.byteOffset + begin * row * width, (end - begin) * row);
  return { ...tensor, shape: [end - begin, ...shape.slice(1)], data: part };
}

/** The tensors joined along the first axis. */
export function joinRows<T extends RawTensor>(parts: readonly T[]): T {
  const [first] = parts as readonly [T];
  if (parts.length === 1) return first;
  const bytes = new Uint8Array(parts.reduce((sum, { data }) => sum + data.byteLength, 0));
  let at = 0;
  for (const { data } of parts) {
    bytes.set(bytesOf(data), at);
    at += data.byteLength;
  }
  const Joined = first.data.constructor as NumbersClass;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  return { ...first, shape: joinedShape(parts), data: new Joined(bytes.buffer, 0, length) };
}

export const joinedShape = (parts: readonly Pick<RawTensor, "shape">[]): number[] => [
  parts.reduce((sum, { shape }) => sum + shape[0]!, 0),
  ...parts[0]!.shape.slice(1),
];

/** @throws LayoutError unless all have the same type and shape */
export function checkSameShape(
  source: string,
  named: readonly (readonly [string, Pick<RawTensor, "type" | "shape">])[],
): void {
  const [[firstName, first]] = named as [(typeof named)[number]];
  for (const [name, { type, shape }] of named)
    if (type !== first.type || shape.length === 0 || shape.join() !== first.shape.join())
      throw new LayoutError(
        `${source}: '${name}' is ${type} [${shape}], '${firstName}' is ${first.type} [${first.shape}]: ` +
          "wanted the same type and shape",
      );
}

/** Whether both have the same bytes. */
export const sameBytes = (a: Numbers, b: Numbers): boolean => Buffer.compare(bytesOf(a), bytesOf(b)) === 0;

const bytesOf = (data: Numbers): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
