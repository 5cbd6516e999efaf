// Writes GIF and BMP files for tests, in the simplest form that the formats allow.

interface Indexed {
  readonly width: number;
  readonly height: number;
  readonly indices: Uint8Array;
  /** Red, green, blue of four colours (two with 1 bit). */
  readonly colors: readonly number[];
}

const u16 = (value: number) => [value & 255, (value >> 8) & 255];
const u32 = (value: number) => [...u16(value), ...u16(value >>> 16)];

/** A GIF of one frame with four colours. A clear code before every pixel keeps all codes at 3 bits. */
export function writeGif({ width, height, indices, colors, transparent }: Indexed & { transparent?: number }): Buffer {
  const control = transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0];
  return Buffer.from([
    ...Buffer.from("GIF89a"),
    ...u16(width),
    ...u16(height),
    ...[0x81, 0, 0],
    ...colors,
    ...control,
    ...[0x2c, 0, 0, 0, 0],
    ...u16(width),
    ...u16(height),
    0,
    ...encodeIndices(indices),
    0x3b,
  ]);
}

function encodeIndices(indices: Uint8Array): number[] {
  const bytes: number[] = [];
  let [buffer, bits] = [0, 0];
  for (const code of [...indices].flatMap((index) => [4, index]).concat(5)) {
    buffer |= code << bits;
    bits += 3;
    for (; bits >= 8; bits -= 8, buffer >>= 8) bytes.push(buffer & 255);
  }
  bytes.push(buffer & 255);
  const blocks: number[] = [2];
  for (let i = 0; i < bytes.length; i += 255) blocks.push(Math.min(255, bytes.length - i), ...bytes.slice(i, i + 255));
  return [...blocks, 0];
}

/** The same GIF with its frame at an offset in a screen of the given size. */
export function placeOnScreen(
  bytes: Uint8Array,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): Buffer {
  const copy = Buffer.from(bytes);
  copy.set([...u16(width), ...u16(height)], 6);
  copy.set([...u16(left), ...u16(top)], frameOffset(copy) + 1);
  return copy;
}

/** The same GIF with its palette in the frame, and a different global palette. */
export function moveToLocalPalette(bytes: Uint8Array): Buffer {
  const at = frameOffset(bytes) + 10;
  const copy = Buffer.concat([bytes.subarray(0, at), bytes.subarray(13, 25), bytes.subarray(at)]);
  copy[at - 1] = 0x81;
  copy.fill(77, 13, 25);
  return copy;
}

/** The same GIF with its rows in interlaced order. */
export function interlaceGif(bytes: Uint8Array, width: number, height: number, indices: Uint8Array): Buffer {
  const rows = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ].flatMap(([first, step]) =>
    Array.from({ length: height }, (_, y) => y).filter((y) => y >= first! && (y - first!) % step! === 0),
  );
  const order = rows.flatMap((y) => [...indices.subarray(y * width, (y + 1) * width)]);
  const head = Buffer.from(bytes.subarray(0, frameOffset(bytes) + 10));
  head[head.length - 1] = 0x40;
  return Buffer.concat([head, Buffer.from([...encodeIndices(Uint8Array.from(order)), 0x3b])]);
}

const frameOffset = (bytes: Uint8Array): number => (bytes[25] === 0x21 ? 33 : 25);

interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32;
  readonly rgb?: Uint8Array;
  readonly indices?: Uint8Array;
  readonly colors?: readonly number[];
  readonly topDown?: boolean;
  /** Bytes between the header and the pixels. */
  readonly gap?: number;
  /** Write the 12-byte header of OS/2. */
  readonly core?: boolean;
  /** Run-length encode the pixels. */
  readonly runs?: boolean;
  /** The alpha of every pixel, stored with channel masks. */
  readonly alpha?: number;
  /** A false width and height for the header. */
  readonly claim?: readonly [number, number];
}

export function writeBmp(image: Bitmap): Buffer {
  const { width, height, bits, colors = [], topDown, gap = 0, core, runs, alpha, claim = [width, height] } = image;
  const rowOrder = Array.from({ length: height }, (_, y) => (topDown ? y : height - 1 - y));
  const data = runs
    ? rowOrder.flatMap((y) => encodeRuns(image, y)).concat(0, 1)
    : rowOrder.flatMap((y) => encodeRow(image, y));
  const palette = Array.from({ length: colors.length / 3 }, (_, i) => [
    ...[colors[3 * i + 2]!, colors[3 * i + 1]!, colors[3 * i]!],
    ...(core ? [] : [0]),
  ]).flat();
  const coreFiller = core && palette.length > 0 ? Array(3 * 2 ** bits - palette.length).fill(0) : [];
  const masks = alpha === undefined ? [] : [0xff0000, 0xff00, 0xff, 0xff000000].flatMap(u32);
  const headerSize = core ? 12 : alpha === undefined ? 40 : 56;
  const compression = alpha !== undefined ? 3 : !runs ? 0 : bits === 8 ? 1 : 2;
  const header = core
    ? [...u32(12), ...u16(claim[0]), ...u16(claim[1]), ...u16(1), ...u16(bits)]
    : [
        ...[...u32(headerSize), ...u32(claim[0]), ...u32(topDown ? -claim[1] : claim[1])],
        ...[...u16(1), ...u16(bits), ...u32(compression), ...u32(data.length)],
        ...[...u32(2835), ...u32(2835), ...u32(colors.length / 3), ...u32(0)],
        ...masks,
      ];
  const body = [...header, ...palette, ...coreFiller, ...Array(gap).fill(0xaa)];
  const start = 14 + body.length;
  return Buffer.from([...Buffer.from("BM"), ...u32(start + data.length), ...u32(0), ...u32(start), ...body, ...data]);
}

function encodeRow({ width, bits, rgb, indices, alpha = 0 }: Bitmap, y: number): number[] {
  const row: number[] = [];
  const indexAt = (x: number) => indices?.[y * width + x] ?? 0;
  for (let x = 0; x < width; x++) {
    const [r = 0, g = 0, b = 0] = rgb?.subarray(3 * (y * width + x), 3 * (y * width + x) + 3) ?? [];
    if (bits === 24) row.push(b, g, r);
    if (bits === 32) row.push(b, g, r, alpha);
    if (bits === 16) row.push(...u16(((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3)));
    if (bits === 8) row.push(indexAt(x));
    if (bits === 4 && x % 2 === 0) row.push((indexAt(x) << 4) | (x + 1 < width ? indexAt(x + 1) : 0));
    if (bits === 1 && x % 8 === 0)
      row.push(
        Array.from({ length: 8 }, (_, i) => (x + i < width ? indexAt(x + i) << (7 - i) : 0)).reduce((a, b) => a | b),
      );
  }
  while (row.length % 4) row.push(0);
  return row;
}

/** Encodes a row as a run of one value, then the other values as literals, padded to an even number of bytes. */
function encodeRuns({ width, bits, indices }: Bitmap, y: number): number[] {
  const row = [...indices!.subarray(y * width, (y + 1) * width)];
  const rest = row.slice(1);
  const plain = bits === 8 ? rest : rest.filter((_, i) => i % 2 === 0).map((v, i) => (v << 4) | (rest[2 * i + 1] ?? 0));
  return [1, bits === 8 ? row[0]! : row[0]! << 4, 0, rest.length, ...plain, ...(plain.length % 2 ? [0] : []), 0, 0];
}
