// Recognises the kind of a file by its first bytes, for messages about a file of the wrong kind: a user who gives a zip
// archive instead of a folder reads "a zip archive" and not the error of a parser for another format.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Groups of files that a user can handle in the same way; `FileKind.title` is more specific. */
export type FileGroup = "archive" | "array" | "checkpoint" | "empty" | "image" | "other" | "pickle" | "unknown";

export interface FileKind {
  readonly group: FileGroup;
  /** The name of the kind with its article: "a PNG image". */
  readonly title: string;
}

/** The number of bytes at the start of a file that `kindOfBytes` reads. */
export const kindBytes = 4096;

/** The kind of the file at `path`. System errors (ENOENT, EISDIR, EACCES …) pass through. */
export function fileKind(path: string): FileKind {
  const file = openSync(path, "r");
  try {
    const head = new Uint8Array(kindBytes);
    const length = readSync(file, head, 0, kindBytes, 0);
    return kindOfBytes(head.subarray(0, length), fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

/**
 * The kind of a file.
 *
 * @param head the first `kindBytes` bytes, or the whole file if it is shorter
 * @param size bytes of the whole file
 */
export function kindOfBytes(head: Uint8Array, size = head.length): FileKind {
  if (size === 0) return { group: "empty", title: "an empty file" };
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, kindBytes));
  const text = bytes.toString("latin1");
  for (const [at, mark, group, title] of signatures) if (text.startsWith(mark, at)) return { group, title };
  // Four reserved bytes of a bitmap are zero; without this check a text that begins with BM would match.
  if (text.startsWith("BM") && text.startsWith("\0\0\0\0", 6)) return { group: "image", title: "a BMP image" };
  if (/^P[1-6]\s/.test(text)) return { group: "image", title: "a PPM, PGM or PBM image" };
  if (text.startsWith("PK\x03\x04")) return zipKind(bytes);
  if (text.startsWith("ftyp", 4)) return brandKind(text.slice(8, 64));
  if (isSafetensors(bytes, size)) return { group: "checkpoint", title: "a safetensors file" };
  if (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) return { group: "pickle", title: "a Python pickle" };
  if (bytes.every((byte) => byte === 0)) return { group: "unknown", title: "a file of zeros" };
  return textKind(bytes) ?? { group: "unknown", title: "a file of an unknown format" };
}

const signatures: readonly (readonly [at: number, mark: string, group: FileGroup, title: string])[] = [
  [0, "\xff\xd8\xff", "image", "a JPEG image"],
  [0, "\x89PNG\r\n\x1a\n", "image", "a PNG image"],
  [0, "GIF8", "image", "a GIF image"],
  [8, "WEBP", "image", "a WebP image"],
  [0, "II*\0", "image", "a TIFF image"],
  [0, "MM\0*", "image", "a TIFF image"],
  [0, "II+\0", "image", "a TIFF image"],
  [0, "MM\0+", "image", "a TIFF image"],
  [0, "\x1f\x8b", "archive", "a gzip archive"],
  [0, "BZh", "archive", "a bzip2 archive"],
  [0, "\xfd7zXZ\0", "archive", "an xz archive"],
  [0, "\x28\xb5\x2f\xfd", "archive", "a zstd archive"],
  [0, "7z\xbc\xaf\x27\x1c", "archive", "a 7z archive"],
  [0, "Rar!", "archive", "a RAR archive"],
  [257, "ustar", "archive", "a tar archive"],
  [0, "PK\x05\x06", "empty", "an empty zip archive"],
  [0, "\x93NUMPY", "array", "a NumPy array (.npy)"],
  // PyTorch's magic number before 1.6 (torch/serialization.py), as pickle protocols 2 and 0 write it.
  [0, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", "checkpoint", "a PyTorch checkpoint"],
  [0, "L119547037146038801333356L\n", "checkpoint", "a PyTorch checkpoint"],
  [0, "\x89HDF", "other", "an HDF5 file"],
  [0, "GGUF", "other", "a GGUF file"],
  [0, "PAR1", "other", "a Parquet file"],
  [0, "ARROW1", "other", "an Arrow file"],
  [0, "MATLAB 5.0", "other", "a MATLAB file"],
  [0, "%PDF", "other", "a PDF"],
  [0, "SQLite format 3", "other", "an SQLite database"],
  [0, "RIFF", "other", "an audio or video file"],
  [0, "version https://git-lfs", "other", "a Git LFS pointer, not the file itself: fetch it with 'git lfs pull'"],
];

/** The kind of a zip archive, by the name of its first file. */
function zipKind(bytes: Buffer): FileKind {
  const name = firstZipName(bytes);
  if (/\.npy$/i.test(name)) return { group: "array", title: "a NumPy archive (.npz)" };
  if (/^[^/]+\/(data\.pkl|version|byteorder|\.format_version|\.storage_alignment|data\/\d+)$/.test(name))
    return { group: "checkpoint", title: "a PyTorch checkpoint" };
  if (/\.(jpe?g|png|webp|gif|bmp|tiff?)$/i.test(name)) return { group: "archive", title: "a zip archive of images" };
  return { group: "archive", title: "a zip archive" };
}

/**
 * The name in the first local header (APPNOTE.TXT 4.3.7) of a file. Headers of folders have no data and are skipped.
 */
function firstZipName(bytes: Buffer): string {
  for (let at = 0; at + 30 <= bytes.length && bytes.readUInt32LE(at) === 0x04034b50; ) {
    const [nameLength, extraLength] = [bytes.readUInt16LE(at + 26), bytes.readUInt16LE(at + 28)];
    const name = bytes.toString("latin1", at + 30, at + 30 + nameLength);
    if (!name.endsWith("/")) return name;
    at += 30 + nameLength + extraLength;
  }
  return "";
}

/** The kind of an ISO base media file, by its brands. */
function brandKind(brands: string): FileKind {
  if (/avi[fs]/.test(brands)) return { group: "image", title: "an AVIF image" };
  if (/hei[cfxms]|mif1/.test(brands)) return { group: "image", title: "a HEIC image" };
  return { group: "other", title: "a video" };
}

function isSafetensors(bytes: Buffer, size: number): boolean {
  return bytes.length > 8 && bytes[8] === 0x7b && bytes.readBigUInt64LE(0) <= BigInt(size - 8);
}

function textKind(bytes: Buffer): FileKind | undefined {
  const text = bytes.toString("utf8");
  const control = bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
  if (control || text.slice(0, -1).includes("\ufffd")) return undefined;
  if (/^\s*</.test(text)) return { group: "other", title: "a page of HTML or XML (did a download go wrong?)" };
  if (/^\s*[{[]/.test(text)) return { group: "other", title: "a JSON file" };
  return { group: "other", title: "a text file" };
}
