// Safetensors files with a SHA-256 of their own content in the metadata, so that damage is noticed when they are read.

import { createHash } from "node:crypto";
import {
  CorruptFileError,
  readSafetensors,
  type Safetensors,
  type StoredTensor,
  writeSafetensors,
} from "@dit-bench/weights";

type Tensors = Iterable<readonly [string, StoredTensor]>;
type Metadata = Readonly<Record<string, string>>;

/** Key of the digest in the metadata. */
const DIGEST_KEY = "sha256";

/** Writes a safetensors file with its digest. The file at `path` is replaced as a whole or stays as it was. */
export function writeChecked(path: string, tensors: Tensors, metadata: Metadata = {}): void {
  const all = [...tensors];
  writeSafetensors(path, all, { ...metadata, [DIGEST_KEY]: digestOf(all, metadata) });
}

/**
 * Reads a file that `writeChecked` wrote; the metadata comes without the digest. Throws CorruptFileError if the digest
 * is missing or does not match. System errors (ENOENT, EISDIR) pass through.
 */
export function readChecked(path: string): Safetensors {
  const { tensors, metadata: stored } = readSafetensors(path);
  const { [DIGEST_KEY]: digest, ...metadata } = stored;
  if (digest === undefined)
    throw new CorruptFileError(path, "it has no digest: an older version wrote it, or it is damaged");
  if (digest !== digestOf(tensors, metadata))
    throw new CorruptFileError(path, "its content does not match its SHA-256: it was damaged after it was written");
  return { tensors, metadata };
}

/** Covers names, types, shapes, numbers and metadata. The order of tensors in the file does not count. */
function digestOf(tensors: Tensors, metadata: Metadata): string {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const headers = sorted.map(([name, { type, shape }]) => [name, type, shape]);
  const hash = createHash("sha256").update(JSON.stringify([Object.entries(metadata).sort(), headers]));
  for (const [, { data }] of sorted)
    for (let at = 0; at < data.byteLength; at += UPDATE_BYTES)
      hash.update(new Uint8Array(data.buffer, data.byteOffset + at, Math.min(UPDATE_BYTES, data.byteLength - at)));
  return hash.digest("hex");
}

/** Node's hashes take less than 2^31 bytes per update. */
const UPDATE_BYTES = 1 << 28;
