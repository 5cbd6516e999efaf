// NumPy's .npz format: a zip archive with one entry NAME.npy per array, stored (savez) or deflated (savez_compressed).

import { crc32, inflateRawSync } from "node:zlib";
import { replaceFileSync } from "@dit-bench/files";
import { CorruptFileError } from "../corrupt-file-error.ts";
import { type ReadableFile, withFile } from "../read-file.ts";
import type { StoredTensor } from "../tensor-type.ts";
import { UnsupportedFileError } from "../weight-file-error.ts";
import { type ZipEntry, zipEntries } from "../zip-entries.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";

/** Limit on all arrays together, unpacked: 250,000 rows of 2,048 float32 features with their covariance. */
export const maxNpzBytes = 2 ** 31;
/** Limit on unpacked bytes per packed byte. Arrays of real features barely compress. */
const maxRatio = 200;
/** Below this size the ratio is not checked: a covariance of 2,048 x 2,048 zeros compresses 34 MB to almost nothing. */
const harmlessBytes = 64e6;
/** The maximum ratio of deflate (zlib, "Maximum Compression Factor"). */
const maxDeflateRatio = 1032;

/**
 * Reads the arrays of a .npz file by name. Throws a WeightFileError for invalid content; system errors (ENOENT …) pass
 * through.
 *
 * @param names the wanted arrays (default: all); missing ones are absent from the result
 * @param byteLimits limits on the unpacked size of single arrays
 */
export function readNpz(
  path: string,
  names?: readonly string[],
  byteLimits: ReadonlyMap<string, number> = new Map(),
): Promise<Map<string, StoredTensor>> {
  return withFile(path, async (file) => {
    const wantedEntries = [...(await zipEntries(file))].filter(([entry]) => {
      const name = nameOf(entry);
      return name !== entry && (!names || names.includes(name));
    });
    checkSizes(path, wantedEntries, byteLimits);
    const arrays = new Map<string, StoredTensor>();
    for (const [entry, place] of wantedEntries)
      arrays.set(nameOf(entry), decodeNpy(unpackEntry(file, entry, place), `${path}: ${entry}`));
    return arrays;
  });
}

const nameOf = (entry: string) => entry.replace(/\.npy$/, "");

/** Refuses decompression bombs before anything is unpacked. */
function checkSizes(
  path: string,
  entries: readonly (readonly [string, ZipEntry])[],
  byteLimits: ReadonlyMap<string, number>,
): void {
  let [unpackedBytes, packedBytes] = [0, 0];
  for (const [entry, { begin, end, size }] of entries) {
    const label = `zip entry ${JSON.stringify(entry)}`;
    const maxBytes = byteLimits.get(nameOf(entry)) ?? maxNpzBytes;
    if (size > maxBytes)
      throw new UnsupportedFileError(path, `${label} takes ${size} bytes: at most ${maxBytes} are read`);
    if (size > maxDeflateRatio * (end - begin))
      throw new CorruptFileError(path, `${label}: ${end - begin} bytes cannot unpack to ${size}`);
    unpackedBytes += size;
    packedBytes += end - begin;
    if (unpackedBytes > maxNpzBytes)
      throw new UnsupportedFileError(
        path,
        `${label} and the arrays before it take ${unpackedBytes} bytes: at most ${maxNpzBytes} are read`,
      );
  }
  if (unpackedBytes > harmlessBytes && unpackedBytes > maxRatio * packedBytes)
    throw new UnsupportedFileError(
      path,
      `${unpackedBytes} bytes of arrays from ${packedBytes}, more than ${maxRatio} to one: ` +
        "a bomb, or constant arrays; save those with numpy.savez, which does not compress",
    );
}

function unpackEntry(
  file: ReadableFile,
  name: string,
  { begin, end, size, crc, packing, deflated }: ZipEntry,
): Uint8Array {
  const label = `zip entry ${JSON.stringify(name)}`;
  const corrupt = (problem: string) => new CorruptFileError(file.path, `${label}: ${problem}`);
  if (packing !== undefined && !deflated)
    throw new UnsupportedFileError(file.path, `${label} is ${packing}: wanted numpy.savez or savez_compressed`);
  const bytes = file.read(begin, end - begin);
  let unpacked: Uint8Array = bytes;
  if (deflated) {
    try {
      unpacked = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
    } catch (error) {
      throw corrupt(`damaged (${(error as Error).message})`);
    }
  }
  if (unpacked.length !== size) throw corrupt(`unpacks to ${unpacked.length} bytes: wanted ${size}`);
  if (crc32(unpacked) !== crc) throw corrupt("its checksum does not match: the file is damaged");
  return unpacked;
}

/** Writes a file for `numpy.load`, whole or not at all. Equal arrays give equal bytes. */
export function writeNpz(path: string, arrays: Iterable<readonly [string, StoredTensor]>): void {
  replaceFileSync(path, storedZip([...arrays].map(([name, array]) => [`${name}.npy`, encodeNpy(array)])));
}

/** A zip archive of stored entries: PKWARE's APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16, without its 64-bit extension. */
function storedZip(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, data] of entries) {
    const path = Buffer.from(name);
    const common = littleEndian(
      [2, 20], // version 2.0
      [2, 0x800], // names in UTF-8
      [2, 0], // stored
      [2, 0], // midnight ...
      [2, 0x21], // ... of 1 January 1980, the format's first day
      [4, crc32(data)],
      [4, data.length],
      [4, data.length],
      [2, path.length],
      [2, 0],
    );
    const local = Buffer.concat([littleEndian([4, 0x04034b50]), common, path]);
    directory.push(
      littleEndian([4, 0x02014b50], [2, 20]),
      common,
      littleEndian([2, 0], [2, 0], [2, 0], [4, 0], [4, at]),
      path,
    );
    parts.push(local, data);
    at += local.length + data.length;
    if (at > 0xffffffff) throw new Error(`.npz file of ${at} bytes: wanted less than 4 GiB`);
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const [n, end] = [entries.length, 0x06054b50];
  return [...parts, ...directory, littleEndian([4, end], [2, 0], [2, 0], [2, n], [2, n], [4, size], [4, at], [2, 0])];
}

/** Encodes integers of these widths in bytes, little-endian. */
function littleEndian(...values: readonly (readonly [number, number])[]): Buffer {
  return Buffer.concat(
    values.map(([width, value]) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );
}
