// Safetensors files that notice damage: a SHA-256 of everything in the file lies in its metadata and is checked when it is read.

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

/** Writes a safetensors file with its digest: whole or not at all. */
export function writeChecked(path: string, tensors: Tensors, metadata: Metadata = {}): void {
  const all = [...tensors];
  writeSafetensors(path, all, { ...metadata, [DIGEST_KEY]: digestOf(all, metadata) });
}

/**
 * Reads a file that `writeSealed` wrote; the metadata comes without the digest. Throws CorruptFileError where the file has no
 * digest or another content than it had; system errors (ENOENT, EISDIR …) pass through.
 */
export function readChecked(path: string): Safetensors {
  const { tensors, metadata: stored } = readSafetensors(path);
  const { [DIGEST_KEY]: seal, ...metadata } = stored;
  if (seal === undefined)
    throw new CorruptFileError(path, "it has no digest: an older version wrote it, or it is damaged");
  if (seal !== digestOf(tensors, metadata))
    throw new CorruptFileError(path, "its content does not match its SHA-256: it was damaged after it was written");
  return { tensors, metadata };
}

/** Names, types, shapes and metadata count as much as the numbers; their order in the file does not. */
function digestOf(tensors: Tensors, metadata: Metadata): string {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const about = sorted.map(([name, { type, shape }]) => [name, type, shape]);
  const hash = createHash("sha256").update(JSON.stringify([Object.entries(metadata).sort(), about]));
  for (const [, { data }] of sorted)
    for (let at = 0; at < data.byteLength; at += maxCallBytes)
      hash.update(new Uint8Array(data.buffer, data.byteOffset + at, Math.min(maxCallBytes, data.byteLength - at)));
  return hash.digest("hex");
}

const maxCallBytes = 1 << 28; // one update takes less than 2^31 bytes
