// Makes checkpoints of any size as sparse files: only the first number of each tensor is stored, the others are holes.

import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { type Bytes, bytes, le, py } from "./hostile.test.data.ts";

/** A tensor of float32 numbers, all zero except the first. */
export interface SparseTensor {
  readonly name: string;
  readonly count: number;
  readonly first: number;
}

const float32 = (value: number): Bytes => new Uint8Array(new Float32Array([value]).buffer);

/** Writes pieces at their positions, with holes between them. */
function write(path: string, pieces: readonly (readonly [at: number, piece: Bytes])[], size: number): void {
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  for (const [at, piece] of pieces) writeSync(file, piece, 0, piece.length, at);
  closeSync(file);
}

const stateDict = (tensors: readonly SparseTensor[]): Bytes =>
  py.pickle(
    py.dict(
      ...tensors.flatMap(({ name, count }, i) => [
        py.str(name),
        py.tensor(py.storage(String(i), count), py.int(0), py.sizes(count), py.sizes(1)),
      ]),
    ),
  );

export function sparseSafetensors(path: string, tensors: readonly SparseTensor[]): void {
  const pieces: [number, Bytes][] = [];
  let at = 0;
  const fields = tensors.map(({ name, count }) => {
    const begin = at;
    at += count * 4;
    return `"${name}":{"dtype":"F32","shape":[${count}],"data_offsets":[${begin},${at}]}`;
  });
  const header = Buffer.from(`{${fields}}`);
  let data = 8 + header.length;
  pieces.push([0, bytes(le(8, header.length), header)]);
  for (const { count, first } of tensors) {
    pieces.push([data, float32(first)]);
    data += count * 4;
  }
  write(path, pieces, data);
}

export function sparseLegacy(path: string, tensors: readonly SparseTensor[]): void {
  const head = bytes(
    py.pickle(bytes(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)),
    py.pickle(py.int(1001)),
    py.pickle(py.dict(py.str("little_endian"), bytes(0x88))),
    stateDict(tensors),
    py.pickle(bytes("](", ...tensors.map((_, i) => py.str(String(i))), "e")),
  );
  const pieces: [number, Bytes][] = [[0, head]];
  let at = head.length;
  for (const { count, first } of tensors) {
    pieces.push([at, bytes(le(8, count), float32(first))]);
    at += 8 + count * 4;
  }
  write(path, pieces, at);
}

/** Writes sizes and offsets in zip64 fields (PKWARE, APPNOTE.TXT, 4.5.3). Archives above 4 GiB need these fields. */
export function sparseZip(path: string, tensors: readonly SparseTensor[]): void {
  const pickle = stateDict(tensors);
  const entries = [
    { name: "archive/data.pkl", size: pickle.length, head: pickle },
    ...tensors.map(({ count, first }, i) => ({ name: `archive/data/${i}`, size: count * 4, head: float32(first) })),
  ];
  const pieces: [number, Bytes][] = [];
  const directory: Bytes[] = [];
  const zip64Marker = le(4, 0xffffffff);
  let at = 0;
  for (const { name, size, head } of entries) {
    const common = (extra: number) =>
      bytes(
        le(2, 45),
        le(2, 0),
        le(2, 0),
        le(4, 0),
        le(4, 0),
        zip64Marker,
        zip64Marker,
        le(2, name.length),
        le(2, extra),
      );
    const sizes = bytes(le(8, size), le(8, size));
    const local = bytes("PK\x03\x04", common(20), name, le(2, 1), le(2, 16), sizes);
    directory.push(
      bytes("PK\x01\x02", le(2, 45), common(28), le(2, 0), le(2, 0), le(2, 0), le(4, 0), zip64Marker, name),
      bytes(le(2, 1), le(2, 24), sizes, le(8, at)),
    );
    pieces.push([at, bytes(local, head)]);
    at += local.length + size;
  }
  const central = bytes(...directory);
  const count = le(8, entries.length);
  const end64 = bytes(
    "PK\x06\x06",
    le(8, 44),
    le(2, 45),
    le(2, 45),
    le(4, 0),
    le(4, 0),
    count,
    count,
    le(8, central.length),
    le(8, at),
  );
  const locator = bytes("PK\x06\x07", le(4, 0), le(8, at + central.length), le(4, 1));
  const end = bytes("PK\x05\x06", le(2, 0), le(2, 0), le(2, 0xffff), le(2, 0xffff), zip64Marker, zip64Marker, le(2, 0));
  const tail = bytes(central, end64, locator, end);
  pieces.push([at, tail]);
  write(path, pieces, at + tail.length);
}
