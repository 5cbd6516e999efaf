// The entries of a zip archive as ranges of the file. PyTorch stores tensors uncompressed; NumPy may deflate arrays.

import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from "yauzl";
import { CorruptFileError } from "./corrupt-file-error.ts";
import type { ReadableFile } from "./read-file.ts";
import { UnsupportedFileError, WeightFileError } from "./weight-file-error.ts";

/** An entry of a zip archive. Its stored bytes run from `begin` to `end`. */
export interface ZipEntry {
  readonly begin: number;
  readonly end: number;
  /** The encoding of the stored bytes for messages, such as "encrypted"; absent if they are the plain content. */
  readonly packing?: string;
  /** True if the stored bytes are deflated and not encrypted. */
  readonly deflated: boolean;
  /** Size and CRC-32 of the unpacked content, as announced by the archive. */
  readonly size: number;
  readonly crc: number;
}

/** Limit on entries. An archive has one per tensor and a few more: at most about 10,000 in public checkpoints. */
const maxEntries = 100_000;
const maxNameBytes = 512;

/** All entries by name. Names are never used as paths; yauzl refuses those that lead out of a folder. */
export async function zipEntries(file: ReadableFile): Promise<Map<string, ZipEntry>> {
  try {
    return await readEntries(file);
  } catch (error) {
    if (error instanceof WeightFileError) throw error;
    throw new CorruptFileError(file.path, `zip archive: ${(error as Error).message}`);
  }
}

async function readEntries(file: ReadableFile): Promise<Map<string, ZipEntry>> {
  const corrupt = (problem: string) => new CorruptFileError(file.path, `zip archive: ${problem}`);
  const zip = await fromRandomAccessReaderPromise(new FileReader(file), file.size, {
    autoClose: false,
    lazyEntries: true,
    strictFileNames: true,
  });
  if (zip.entryCount > maxEntries)
    throw new UnsupportedFileError(
      file.path,
      `zip archive of ${zip.entryCount} entries: at most ${maxEntries} are read`,
    );
  const entries = new Map<string, ZipEntry>();
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (entry.fileNameLength > maxNameBytes) throw corrupt(`an entry's name of ${entry.fileNameLength} bytes`);
    if (entries.has(name)) throw corrupt(`the entry ${JSON.stringify(name)} occurs twice`);
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    entries.set(name, {
      begin: fileDataStart,
      end: fileDataStart + entry.compressedSize,
      size: entry.uncompressedSize,
      crc: entry.crc32,
      deflated: entry.compressionMethod === 8 && !entry.isEncrypted(),
      ...packingOf(entry),
    });
  }
  refuseOverlap(entries, corrupt);
  return entries;
}

/** TorchScript compresses the source code in its archives; PyTorch never compresses a pickle or a tensor. */
function packingOf(entry: Entry): { readonly packing?: string } {
  if (entry.isEncrypted()) return { packing: "encrypted" };
  return entry.compressionMethod === 0 ? {} : { packing: `compressed (method ${entry.compressionMethod})` };
}

/** The entry of this name, if there is one. Throws UnsupportedFileError if it is compressed or encrypted. */
export function storedEntry(entries: ReadonlyMap<string, ZipEntry>, name: string, path: string): ZipEntry | undefined {
  const entry = entries.get(name);
  if (entry?.packing)
    throw new UnsupportedFileError(
      path,
      `zip entry ${JSON.stringify(name)} is ${entry.packing}, unlike those of torch.save; ` +
        "load it with PyTorch and save it again",
    );
  return entry;
}

/** Overlapping entries let a small archive unpack to a huge size (Fifield, A better zip bomb, 2019). */
function refuseOverlap(entries: ReadonlyMap<string, ZipEntry>, corrupt: (problem: string) => Error): void {
  const sorted = [...entries].filter(([, { begin, end }]) => end > begin).sort(([, a], [, b]) => a.begin - b.begin);
  for (let i = 1; i < sorted.length; i++) {
    const [before, { end }] = sorted[i - 1]!;
    const [name, { begin }] = sorted[i]!;
    if (begin < end) throw corrupt(`the entries ${JSON.stringify(before)} and ${JSON.stringify(name)} share bytes`);
  }
}

/** Gives yauzl access to an open file. */
class FileReader extends RandomAccessReader {
  readonly #file: ReadableFile;

  constructor(file: ReadableFile) {
    super();
    this.#file = file;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    let problem: Error | null = null;
    try {
      buffer.set(this.#file.read(position, length), offset);
    } catch (error) {
      problem = error as Error;
    }
    done(problem);
  }

  override _readStreamForRange(): never {
    throw new Error("entries are read by position, not as streams");
  }
}
