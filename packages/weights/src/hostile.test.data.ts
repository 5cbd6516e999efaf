// Makes pickles, zip archives and PyTorch's two formats, with wrong headers if a test needs them.

export type Bytes = Uint8Array;
export const bytes = (...parts: (string | number | Bytes)[]): Bytes =>
  new Uint8Array(
    Buffer.concat(
      parts.map((p) =>
        typeof p === "string" ? Buffer.from(p, "latin1") : typeof p === "number" ? Buffer.from([p]) : p,
      ),
    ),
  );

/** The bytes of an integer, little-endian; a negative value in two's complement. */
export function le(width: 1 | 2 | 4 | 8, value: number | bigint): Bytes {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return new Uint8Array(out.subarray(0, width));
}

/** Pieces of a pickle of protocol 2. */
export const py = {
  str: (text: string) => bytes("X", le(4, Buffer.byteLength(text)), Buffer.from(text)),
  int: (value: number) => (Math.abs(value) < 2 ** 31 ? bytes("J", le(4, value)) : bytes(0x8a, 8, le(8, BigInt(value)))),
  global: (name: string) =>
    bytes(`c${name.slice(0, name.lastIndexOf("."))}\n${name.slice(name.lastIndexOf(".") + 1)}\n`),
  tuple: (...items: Bytes[]) => bytes("(", ...items, "t"),
  dict: (...items: Bytes[]) => bytes("}(", ...items, "u"),
  call: (name: string, ...args: Bytes[]) => bytes(py.global(name), py.tuple(...args), "R"),
  storage: (key: string, count: number, of = "torch.FloatStorage") =>
    bytes(py.tuple(py.str("storage"), py.global(of), py.str(key), py.str("cpu"), py.int(count)), "Q"),
  sizes: (...values: number[]) => py.tuple(...values.map(py.int)),
  tensor: (storage: Bytes, offset: Bytes, size: Bytes, stride: Bytes) =>
    py.call(
      "torch._utils._rebuild_tensor_v2",
      storage,
      offset,
      size,
      stride,
      bytes(0x89),
      py.call("collections.OrderedDict"),
    ),
  /** A tensor of two numbers in storage 0. */
  two: () => py.tensor(py.storage("0", 2), py.int(0), py.sizes(2), py.sizes(1)),
  pickle: (...body: Bytes[]) => bytes(0x80, 2, ...body, "."),
};

export interface Entry {
  readonly name: string;
  readonly data: Bytes;
  readonly method?: number;
  readonly flags?: number;
  /** Wrong values for the headers. */
  readonly size?: number;
  readonly packedSize?: number;
  readonly crc?: number;
  /** A wrong offset for the central directory. */
  readonly at?: number;
}

export interface WrongEnd {
  readonly entries?: number;
  readonly directoryAt?: number;
  readonly comment?: number;
  readonly disk?: number;
}

/** Makes a zip archive (PKWARE, APPNOTE.TXT); entries are stored by default. */
export function zip(entries: readonly Entry[], wrong: WrongEnd = {}): Bytes {
  const parts: Bytes[] = [];
  const directory: Bytes[] = [];
  let at = 0;
  for (const entry of entries) {
    const {
      name,
      data,
      method = 0,
      flags = 0,
      size = data.length,
      packedSize = size,
      crc = 0,
      at: offset = at,
    } = entry;
    const path = Buffer.from(name);
    const common = bytes(
      le(2, 20),
      le(2, flags),
      le(2, method),
      le(4, 0),
      le(4, crc),
      le(4, packedSize),
      le(4, size),
      le(2, path.length),
      le(2, 0),
    );
    const local = bytes("PK\x03\x04", common, path, data);
    parts.push(local);
    directory.push(bytes("PK\x01\x02", le(2, 20), common, le(2, 0), le(2, 0), le(2, 0), le(4, 0), le(4, offset), path));
    at += local.length;
  }
  const central = bytes(...directory);
  const count = wrong.entries ?? entries.length;
  const end = bytes(
    "PK\x05\x06",
    le(2, wrong.disk ?? 0),
    le(2, 0),
    le(2, count),
    le(2, count),
    le(4, central.length),
    le(4, wrong.directoryAt ?? at),
    le(2, wrong.comment ?? 0),
  );
  return bytes(...parts, central, end);
}

/** Makes a file as torch.save writes it: a pickle, its storages, the byte order. */
export const torchZip = (
  pickle: Bytes,
  storages: Record<string, Bytes> = { 0: new Uint8Array(8) },
  more: Entry[] = [],
): Bytes =>
  zip([
    { name: "archive/data.pkl", data: pickle },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
    ...(more.some((e) => e.name === "archive/byteorder") ? [] : [{ name: "archive/byteorder", data: bytes("little") }]),
    ...more,
  ]);

export interface LegacyParts {
  readonly magic?: Bytes;
  readonly version?: Bytes;
  readonly machine?: Bytes;
  readonly keys?: Bytes;
  readonly storages?: Bytes;
}

const magic = bytes(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);

/** Makes a file as torch.save wrote it before PyTorch 1.6. */
export function legacy(pickle: Bytes, parts: LegacyParts = {}): Bytes {
  const {
    magic: number = magic,
    version = py.int(1001),
    machine = py.dict(py.str("little_endian"), bytes(0x88)),
    keys = bytes("](", py.str("0"), "e"),
    storages = bytes(le(8, 2), new Uint8Array(8)),
  } = parts;
  return bytes(py.pickle(number), py.pickle(version), py.pickle(machine), pickle, py.pickle(keys), storages);
}

/** A safetensors file with this header. */
export const safetensors = (header: string, dataBytes = 0, announced?: number | bigint): Bytes =>
  bytes(le(8, announced ?? Buffer.byteLength(header)), Buffer.from(header), new Uint8Array(dataBytes));
