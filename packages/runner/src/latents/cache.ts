// A file with the latent distributions of all images of a dataset. Records are written and read one by one, so that
// neither needs the dataset in memory. It is a safetensors file: `moments` [M, F, 2, Z, h, w] float32 and `checksums`
// [M]. The header is compared byte by byte with the expected one, and each record with its CRC-32, so every flipped bit
// is found.
//
// M = images; F = 2 with mirrored images, else 1; 2 = mean and standard deviation; Z = latent channels; h, w = sides in
// latent cells

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { makeFolders, nameFileInError } from "@dit-bench/files";
import { BenchError } from "../errors.ts";

export interface CacheForm {
  /** [M, F, 2, Z, h, w] */
  readonly shape: readonly [number, number, 2, number, number, number];
  /** Describes the data and the weights that the latents were made from. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface LatentCache {
  /** The record [F, 2, Z, h, w] of one image. @throws BenchError (data) if it is damaged */
  read(index: number): Float32Array;
  close(): void;
}

/**
 * Opens a finished cache.
 *
 * @returns undefined if there is none
 * @throws BenchError (data) if the file is not a cache of this form
 */
export function openCache(path: string, form: CacheForm): LatentCache | undefined {
  const records = open(path, form);
  if (!records) return undefined;
  return {
    read(index) {
      const found = records.read(index);
      if (!found)
        throw new BenchError(
          "data",
          `${path}: the latents of image ${index} are damaged; run the same command again, which makes them again`,
        );
      return found;
    },
    close: records.close,
  };
}

/**
 * Verifies all records of a finished cache. Where one is damaged, renames the cache to an unfinished one, in which
 * `makeCache` replaces the damaged records.
 *
 * @returns a description of the damage; undefined if there is none
 *
 * @param onRecord is called before each record; it may throw to stop
 */
export function checkCache(path: string, form: CacheForm, onRecord?: (index: number) => void): string | undefined {
  let records: Records | undefined;
  try {
    records = open(path, form);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    rmSync(path, { force: true });
    return error.message;
  }
  if (!records) return undefined;
  let damaged = 0;
  try {
    const [M] = form.shape;
    for (let i = 0; i < M; i++) {
      onRecord?.(i);
      if (!records.read(i)) damaged++;
    }
  } finally {
    records.close();
  }
  if (damaged === 0) return undefined;
  renameIfThere(path, partialOf(path));
  return `${path}: the latents of ${damaged} of ${form.shape[0]} images are damaged`;
}

const partialOf = (path: string): string => `${path}.partial`;

/** Renames a file, unless another process already has. */
function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/**
 * Makes a cache. Asks `make` for the missing records, `group` at a time, and collects them in a `.partial` file, which
 * a later call continues after an interruption. Several processes may make the same cache at once and share the work:
 * each starts at another record and skips those that another process has written. Where two make the same record, they
 * write the same bytes.
 *
 * @param make makes the records of these images; `done` is the number of images that are finished
 * @param from the record to start at, as a share of all
 */
export async function makeCache(
  path: string,
  form: CacheForm,
  group: number,
  make: (indices: readonly number[], done: number) => Promise<readonly Float32Array[]>,
  from = spread(process.pid),
): Promise<void> {
  makeFolders(dirname(path));
  const partial = partialOf(path);
  const records = create(partial, form);
  try {
    const [M] = form.shape;
    const groups = Math.ceil(M / group);
    const begin = Math.floor(from * groups);
    let done = 0;
    for (let g = 0; g < groups; g++) {
      const first = ((begin + g) % groups) * group;
      const indices = Array.from({ length: Math.min(group, M - first) }, (_, i) => first + i);
      if (!indices.every((i) => records.read(i)))
        for (const [i, record] of (await make(indices, done)).entries()) records.write(first + i, record);
      done += indices.length;
    }
    records.flush();
  } catch (error) {
    throw nameFileInError(error, partial);
  } finally {
    records.close();
  }
  try {
    renameSync(partial, path);
  } catch (error) {
    const finished = open(path, form); // perhaps by another process
    if (!finished) throw error;
    finished.close();
  }
}

/** Maps consecutive integers to distant numbers in [0, 1): multiples of the golden ratio. */
const spread = (n: number): number => (n * (Math.sqrt(5) - 1)) / 2 - Math.floor((n * (Math.sqrt(5) - 1)) / 2);

interface Records {
  /** Undefined if the record was not written, or not completely. */
  read(index: number): Float32Array | undefined;
  write(index: number, record: Float32Array): void;
  flush(): void;
  close(): void;
}

function open(path: string, form: CacheForm): Records | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return checkHeader(path, file, form);
}

/**
 * Opens or creates an unfinished cache. Existing records are kept. Two processes may do so at once. A file with a
 * damaged header is replaced.
 */
function create(path: string, form: CacheForm): Records {
  const header = headerOf(form);
  const { bytes, count } = sizes(form);
  const whole = header.length + count * (bytes + 4);
  const opened = (): Records => {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
    try {
      if (fstatSync(file).size < whole) {
        writeAt(file, header, 0);
        ftruncateSync(file, whole);
      }
    } catch (error) {
      closeSync(file);
      throw nameFileInError(error, path);
    }
    return checkHeader(path, file, form);
  };
  try {
    return opened();
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    rmSync(path, { force: true });
    return opened();
  }
}

/** Writes all bytes: one call of `writeSync` may write fewer, for example when the disk is nearly full. */
function writeAt(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function checkHeader(path: string, file: number, form: CacheForm): Records {
  const header = headerOf(form);
  const found = Buffer.alloc(header.length);
  try {
    readSync(file, found, 0, found.length, 0);
  } catch (error) {
    closeSync(file);
    throw nameFileInError(error, path); // a folder, or a failing disk
  }
  if (found.equals(header)) return recordsOf(file, form, header.length);
  closeSync(file);
  throw new BenchError("data", `${path}: its header is not the expected one`);
}

function recordsOf(file: number, form: CacheForm, start: number): Records {
  const { bytes, count } = sizes(form);
  const sums = start + count * bytes;
  return {
    read(index) {
      const record = new Float32Array(bytes / 4);
      const sum = Buffer.alloc(4);
      const whole =
        readSync(file, record, 0, bytes, start + index * bytes) === bytes &&
        readSync(file, sum, 0, 4, sums + 4 * index) === 4;
      return whole && sum.readInt32LE() === checksum(record) ? record : undefined;
    },
    write(index, record) {
      if (record.byteLength !== bytes) throw new Error(`latent cache: ${record.length} numbers, wanted ${bytes / 4}`);
      const sum = Buffer.alloc(4);
      sum.writeInt32LE(checksum(record));
      writeAt(file, new Uint8Array(record.buffer, record.byteOffset, bytes), start + index * bytes);
      writeAt(file, sum, sums + 4 * index);
    },
    flush: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}

/** CRC-32, but never 0: 0 marks a record that was not written. */
const checksum = (record: Float32Array): number =>
  crc32(new Uint8Array(record.buffer, record.byteOffset, record.byteLength)) | 0 || 1;

function sizes({ shape }: CacheForm): { count: number; bytes: number } {
  const [count, ...record] = shape;
  return { count, bytes: 4 * record.reduce((a, b) => a * b, 1) };
}

/** The head of a safetensors file: https://github.com/huggingface/safetensors#format. */
function headerOf(form: CacheForm): Buffer {
  const { count, bytes } = sizes(form);
  const [end, sums] = [count * bytes, count * (bytes + 4)];
  const json = JSON.stringify({
    __metadata__: form.metadata,
    moments: { dtype: "F32", shape: form.shape, data_offsets: [0, end] },
    checksums: { dtype: "I32", shape: [count], data_offsets: [end, sums] },
  });
  const text = Buffer.from(
    json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 - Buffer.byteLength(json) + json.length),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}
