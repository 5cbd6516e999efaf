// The distributions over latents of a whole dataset, in a file: a record for each picture, written one by one and read one by one, so that
// neither needs the set in memory. A safetensors file: `moments` [M, F, 2, Z, h, w] float32 and `checksums` [M].
//
// M = pictures, F = 2 where each is there mirrored too, else 1; 2 = mean and standard deviation; Z = latent channels, h, w = sides in cells

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { BenchError } from "../errors.ts";

export interface CacheForm {
  /** [M, F, 2, Z, h, w] */
  readonly shape: readonly [number, number, 2, number, number, number];
  /** Says of what these are, for people. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface LatentCache {
  /** [F, 2, Z, h, w] of one picture. Throws where the file is damaged. */
  read(index: number): Float32Array;
  close(): void;
}

/** A finished cache, or undefined where there is none. */
export function openCache(path: string, form: CacheForm): LatentCache | undefined {
  const records = open(path, form);
  if (!records) return undefined;
  return {
    read(index) {
      const found = records.read(index);
      if (!found)
        throw new BenchError(
          "data",
          `${path}: the latents of picture ${index} are damaged; delete the file, it is made again`,
        );
      return found;
    },
    close: records.close,
  };
}

/**
 * Makes a cache: asks `make` for the records that are not there yet, `group` at a time. What a stopped or killed run wrote is kept beside it as
 * `.partial` and gone on with. Several processes may do this at once: each begins elsewhere and passes over what another has written, and where two make
 * the same records they write the same bytes.
 *
 * @param make is also told how many pictures are done with
 * @param from where to begin, a share of all
 */
export async function makeCache(
  path: string,
  form: CacheForm,
  group: number,
  make: (indices: readonly number[], done: number) => Promise<readonly Float32Array[]>,
  from = spread(process.pid),
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
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
  } finally {
    records.close();
  }
  try {
    renameSync(partial, path);
  } catch (error) {
    const others = open(path, form);
    if (!others) throw error;
    others.close(); // another process was first
  }
}

/** Whole numbers that follow each other, far apart in [0, 1): multiples of the golden ratio. */
const spread = (n: number): number => (n * (Math.sqrt(5) - 1)) / 2 - Math.floor((n * (Math.sqrt(5) - 1)) / 2);

interface Records {
  /** Undefined where it was not written, or not whole. */
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
  return checked(path, file, form);
}

/** Whatever is there is kept, and all of this may be done by two processes at once. */
function create(path: string, form: CacheForm): Records {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
  const header = headerOf(form);
  const { bytes, count } = sizes(form);
  const whole = header.length + count * (bytes + 4);
  if (fstatSync(file).size < whole) {
    writeSync(file, header, 0, header.length, 0);
    ftruncateSync(file, whole);
  }
  return checked(path, file, form);
}

function checked(path: string, file: number, form: CacheForm): Records {
  const header = headerOf(form);
  const found = Buffer.alloc(header.length);
  readSync(file, found, 0, found.length, 0);
  if (found.equals(header)) return recordsOf(file, form, header.length);
  closeSync(file);
  throw new BenchError("data", `${path}: it is no cache of these latents; delete it, it is made again`);
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
      writeSync(file, record, 0, bytes, start + index * bytes);
      writeSync(file, sum, 0, 4, sums + 4 * index);
    },
    flush: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}

/** Never 0, which stands where nothing was written. */
const checksum = (record: Float32Array): number =>
  crc32(new Uint8Array(record.buffer, record.byteOffset, record.byteLength)) | 0 || 1;

function sizes({ shape }: CacheForm): { count: number; bytes: number } {
  const [count, ...record] = shape;
  return { count, bytes: 4 * record.reduce((a, b) => a * b, 1) };
}

/** https://github.com/huggingface/safetensors: the length of a JSON header, the header, the tensors. */
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
