// The entries of a zip archive as ranges of the file. PyTorch stores tensors uncompressed and NumPy may deflate its arrays.

import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from "yauzl";
import { CorruptFileError } from "./corrupt-file-error.ts";
import type { ReadableFile } from "./read-file.ts";
import { UnsupportedFileError, WeightFileError } from "./weight-file-error.ts";

/** The bytes of an entry, from `begin` to `end`. */
export interface ZipEntry {
  readonly begin: number;
  readonly end: number;
  /** Why it is not these bytes as they stand, where it is not: it may be there, it may not be used as it is. */
  readonly packing?: string;
  /** Whether they are packed by deflate and nothing else. */
  readonly deflated: boolean;
  /** Bytes once unpacked, and their CRC-32, as the archive says. */
  readonly size: number;
  readonly crc: number;
}

/** One entry a tensor and a few more; optimizer states included, the largest public checkpoints have some ten thousand. */
const maxEntries = 100_000;
const maxNameBytes = 512;

/** Every entry by its name. Names are only looked up, never used as paths; yauzl refuses those that would escape a folder. */
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
    if (entries.has(name)) throw corrupt(`the entry ${JSON.stringify(name)} is there twice`);
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

/** Archives of TorchScript keep their source code compressed; PyTorch never compresses a pickle or a tensor. */
function packingOf(entry: Entry): { readonly packing?: string } {
  if (entry.isEncrypted()) return { packing: "encrypted" };
  return entry.compressionMethod === 0 ? {} : { packing: `compressed (method ${entry.compressionMethod})` };
}

/** The entry of this name, if there is one and its bytes stand as they are. */
export function storedEntry(entries: ReadonlyMap<string, ZipEntry>, name: string, path: string): ZipEntry | undefined {
  const entry = entries.get(name);
  if (entry?.packing)
    throw new UnsupportedFileError(
      path,
      `zip entry ${JSON.stringify(name)} is ${entry.packing}: torch.save stores; load it with PyTorch and save it again`,
    );
  return entry;
}

/** Entries that share bytes are how a small archive pretends to be a large one. */
function refuseOverlap(entries: ReadonlyMap<string, ZipEntry>, corrupt: (problem: string) => Error): void {
  const sorted = [...entries].filter(([, { begin, end }]) => end > begin).sort(([, a], [, b]) => a.begin - b.begin);
  for (let i = 1; i < sorted.length; i++) {
    const [before, { end }] = sorted[i - 1]!;
    const [name, { begin }] = sorted[i]!;
    if (begin < end) throw corrupt(`the entries ${JSON.stringify(before)} and ${JSON.stringify(name)} share bytes`);
  }
}

/** yauzl's view of a file that is open already. */
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
    throw new Error("entries are read by their place in the file, not as streams");
  }
}
