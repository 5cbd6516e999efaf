// Reads arrays of a .npy or .npz file that may be larger than the memory. Lists them by their headers, then reads them
// in batches of rows.

import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw, constants as flushes, inflateRawSync } from "node:zlib";
import { CorruptFileError } from "../corrupt-file-error.ts";
import { type FileStamp, type ReadableFile, stampOf, withFile, withSameFile } from "../read-file.ts";
import { elementCount, type StoredTensor, type TensorType, typeInfo } from "../tensor-type.ts";
import { UnsupportedFileError, WeightFileError } from "../weight-file-error.ts";
import { type ZipEntry, zipEntries } from "../zip-entries.ts";
import { type NpyHeader, npyHeader, npyStartBytes } from "./npy.ts";

export interface ArrayInfo {
  readonly type: TensorType;
  readonly shape: readonly number[];
}

export interface ArrayFile {
  readonly path: string;
  readonly format: "npy" | "npz";
  /** The arrays by name; the array of a .npy file is called `array`. */
  readonly arrays: ReadonlyMap<string, ArrayInfo>;
  /** Arrays that cannot be read, such as those of Python objects, with the reason. */
  readonly unreadable: ReadonlyMap<string, WeightFileError>;
  /**
   * Reads an array in batches of `batchRows` rows (entries of the first axis), in order; the last batch may have fewer.
   * Each batch has its own buffer. Throws CorruptFileError for damaged bytes; a wrong checksum is found only after the
   * last batch.
   */
  eachRows(
    name: string,
    batchRows: number,
    use: (rows: StoredTensor, firstRow: number) => Promise<void>,
  ): Promise<void>;
}

/** Limit on the bytes of one row: an RGB image of 100 million pixels. */
export const maxRowBytes = 300_000_000;

const chunkBytes = 1 << 20;
/** Deflated bytes that are enough for a header. They inflate to at most 17 MB. */
const packedStartBytes = 16 << 10;

/**
 * Lists the arrays of a file without reading their numbers. Throws a WeightFileError for invalid content; system errors
 * (ENOENT, EACCES …) pass through.
 */
export function openArrays(path: string): Promise<ArrayFile> {
  return withFile(path, async (file) => {
    const start = Buffer.from(file.read(0, Math.min(4, file.size))).toString("latin1");
    const entries = start.startsWith("PK") ? await npzEntries(file) : new Map([["array", wholeFile(file)]]);
    const headers = new Map<string, NpyHeader>();
    const unreadable = new Map<string, WeightFileError>();
    for (const [name, place] of entries)
      try {
        headers.set(name, headerOf(file, place));
      } catch (error) {
        if (!(error instanceof WeightFileError)) throw error;
        unreadable.set(name, error);
      }
    const format: ArrayFile["format"] = start.startsWith("PK") ? "npz" : "npy";
    const [[, firstError] = []] = unreadable;
    if (headers.size === 0 && firstError) throw firstError;
    return {
      path,
      format,
      arrays: headers,
      unreadable,
      eachRows: rowReader(stampOf(file), entries, headers),
    };
  });
}

/** The position of an array in the file, and its name in messages. */
interface ArrayBytes extends Omit<ZipEntry, "crc"> {
  readonly source: string;
  /** Undefined for a .npy file, which has no checksum. */
  readonly crc: number | undefined;
}

const wholeFile = ({ path, size }: ReadableFile): ArrayBytes => ({
  ...{ source: path, begin: 0, end: size, size, crc: undefined, deflated: false },
});

async function npzEntries(file: ReadableFile): Promise<Map<string, ArrayBytes>> {
  const entries = new Map<string, ArrayBytes>();
  for (const [entry, place] of await zipEntries(file))
    if (entry.endsWith(".npy"))
      entries.set(entry.slice(0, -".npy".length), {
        ...place,
        source: `${file.path}: zip entry ${JSON.stringify(entry)}`,
      });
  return entries;
}

function headerOf(file: ReadableFile, place: ArrayBytes): NpyHeader {
  const { source, size } = place;
  const header = npyHeader(startOf(file, place), source);
  const count = elementCount(header.shape);
  const bytes = count === undefined ? undefined : header.dataStart + count * typeInfo(header.type).bytes;
  if (bytes !== size)
    throw new CorruptFileError(
      source,
      `array ${header.type} [${header.shape}] in ${size} bytes: ` +
        `wanted ${bytes ?? "a size below 2^53"}; is the file truncated?`,
    );
  return header;
}

/** The first bytes of an array, unpacked, which contain its header. */
function startOf(file: ReadableFile, { source, begin, end, packing, deflated }: ArrayBytes): Uint8Array {
  if (packing !== undefined && !deflated)
    throw new UnsupportedFileError(source, `it is ${packing}: wanted numpy.savez or savez_compressed`);
  const start = file.read(begin, Math.min(end - begin, deflated ? packedStartBytes : npyStartBytes));
  if (!deflated) return start;
  try {
    return inflateRawSync(start, { finishFlush: flushes.Z_SYNC_FLUSH });
  } catch (error) {
    throw new CorruptFileError(source, `damaged (${(error as Error).message})`);
  }
}

function rowReader(
  stamp: FileStamp,
  entries: ReadonlyMap<string, ArrayBytes>,
  headers: ReadonlyMap<string, NpyHeader>,
): ArrayFile["eachRows"] {
  return async (name, batchRows, use) => {
    const [place, header] = [entries.get(name), headers.get(name)];
    if (!place || !header)
      throw new UnsupportedFileError(stamp.path, `it has no array ${JSON.stringify(name)} that can be read`);
    const { type, shape, fortran, dataStart } = header;
    const rows = shape[0] ?? 0;
    const rowElements = elementCount(shape.slice(1)) ?? Number.POSITIVE_INFINITY;
    const { array: TypedArray, bytes: width } = typeInfo(type);
    if (fortran && shape.length > 1)
      throw new UnsupportedFileError(
        place.source,
        `array ${type} [${shape}] in Fortran order; save it with numpy.ascontiguousarray`,
      );
    if (rowElements * width > maxRowBytes)
      throw new UnsupportedFileError(
        place.source,
        `a row of array ${type} [${shape}] takes ${rowElements * width} bytes: at most ${maxRowBytes} are read`,
      );
    await withSameFile(stamp, async (file) => {
      let firstRow = 0;
      let batch = new Uint8Array(0);
      let filledBytes = 0;
      let skip = dataStart;
      const beginBatch = () => {
        batch = new Uint8Array(Math.min(batchRows, rows - firstRow) * rowElements * width);
        filledBytes = 0;
      };
      beginBatch();
      for await (const chunk of bytesOf(file, place)) {
        let at = Math.min(skip, chunk.length);
        skip -= at;
        while (at < chunk.length && batch.length > 0) {
          const part = chunk.subarray(at, at + batch.length - filledBytes);
          batch.set(part, filledBytes);
          filledBytes += part.length;
          at += part.length;
          if (filledBytes < batch.length) continue;
          const count = Math.min(batchRows, rows - firstRow);
          const data = new TypedArray(batch.buffer, 0, count * rowElements);
          await use({ type, shape: [count, ...shape.slice(1)], data }, firstRow);
          firstRow += count;
          beginBatch();
        }
      }
    });
  };
}

/** All bytes of an array, unpacked and checked against the size and checksum of the archive. */
async function* bytesOf(file: ReadableFile, place: ArrayBytes): AsyncGenerator<Uint8Array> {
  const { source, size, crc } = place;
  let read = 0;
  let sum = 0;
  for await (const chunk of place.deflated ? readInflated(file, place) : readStored(file, place)) {
    read += chunk.length;
    if (read > size) throw new CorruptFileError(source, `unpacks to more than ${size} bytes: the file is damaged`);
    if (crc !== undefined) sum = crc32(chunk, sum);
    yield chunk;
  }
  if (read !== size) throw new CorruptFileError(source, `unpacks to ${read} bytes: wanted ${size}`);
  if (crc !== undefined && sum !== crc)
    throw new CorruptFileError(source, "its checksum does not match: the file is damaged");
}

function* readStored(file: ReadableFile, { begin, end }: ArrayBytes): Generator<Uint8Array> {
  for (let at = begin; at < end; at += chunkBytes) yield file.read(at, Math.min(chunkBytes, end - at));
}

async function* readInflated(file: ReadableFile, place: ArrayBytes): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  // The loop below throws the error of either stream.
  pipeline(Readable.from(readStored(file, place)), inflate, () => {});
  try {
    for await (const chunk of inflate) yield chunk;
  } catch (error) {
    if (error instanceof WeightFileError) throw error;
    throw new CorruptFileError(place.source, `damaged (${(error as Error).message})`);
  }
}
