// What kind of file this is, from its first bytes.

import { CorruptFileError } from "./corrupt-file-error.ts";
import { PickleInput } from "./pickle/input.ts";
import { maxProtocol } from "./pickle/opcodes.ts";
import { unpickle } from "./pickle/unpickle.ts";
import type { ReadableFile } from "./read-file.ts";
import { RefusedGlobalError, UnsupportedFileError } from "./weight-file-error.ts";

export type FileFormat = "safetensors" | "index" | "zip" | "pickle";

const wanted = "wanted a safetensors file, a PyTorch checkpoint, an index of shards or a diffusers folder";

/** Files that are met in the place of weights: where their mark stands, the mark, and what to do about them. */
const mistaken: readonly (readonly [number, string, string])[] = [
  [0, "version https://git-lfs", "a Git LFS pointer, not the file itself: fetch it with 'git lfs pull'"],
  [0, "\x1f\x8b", "a gzip archive: unpack it first"],
  [257, "ustar", "a tar archive: PyTorch before 0.1.10 wrote such; load it with PyTorch and save it again"],
  [0, "\x89HDF", "an HDF5 file"],
  [0, "\x93NUMPY", "a NumPy array"],
  [0, "GGUF", "a GGUF file"],
  [0, "<", "a page of HTML or XML, not weights: did the download go wrong?"],
];

export function recognise(file: ReadableFile): FileFormat {
  const head = file.read(0, Math.min(file.size, headBytes));
  const text = Buffer.from(head).toString("latin1");
  if (text.startsWith("PK\x03\x04") || text.startsWith("PK\x05\x06")) return "zip";
  if (text[8] === "{") return "safetensors";
  if ((head[0] === 0x80 && head[1]! <= maxProtocol) || text.startsWith(magicLine)) return "pickle";
  if (/^\s*\{/.test(text)) return "index";
  for (const [at, mark, what] of mistaken)
    if (text.startsWith(mark, at)) throw new UnsupportedFileError(file.path, `${what}; ${wanted}`);
  refusePickle(file);
  throw new UnsupportedFileError(file.path, `${file.size} bytes of an unknown format; ${wanted}`);
}

const headBytes = 512;

/** PyTorch's magic number (torch/serialization.py), as protocol 0 of pickle writes it. */
const magicLine = "L119547037146038801333356L\n";

/** Pickles of protocols 0 and 1 have no mark of their own. One that names a dangerous global is refused as what it is. */
function refusePickle(file: ReadableFile): void {
  try {
    unpickle(new PickleInput(file, 0, file.size));
  } catch (error) {
    if (error instanceof RefusedGlobalError) throw error;
    if (!(error instanceof CorruptFileError)) throw error;
  }
}
