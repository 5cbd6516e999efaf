// Reads and writes safetensors files.

import { closeSync, fstatSync, openSync } from "node:fs";
import { describeWrongKind, kindBytes, kindOfBytes, replaceFileSync } from "@dit-bench/files";
import { CorruptFileError } from "../corrupt-file-error.ts";
import { readAt } from "../read-file.ts";
import type { StoredTensor } from "../tensor-type.ts";
import { type Safetensors, tensorOf } from "./decode.ts";
import { type PendingTensor, safetensorsParts } from "./encode.ts";
import { headerLength, parseHeader, prefixBytes } from "./header.ts";

/**
 * Reads a safetensors file, each tensor into its own buffer, so that files above 4 GB work. Throws CorruptFileError for
 * invalid content; system errors (ENOENT, EACCES, EISDIR …) pass through.
 */
export function readSafetensors(path: string): Safetensors {
  const file = openSync(path, "r");
  try {
    const fileBytes = fstatSync(file).size;
    const start = readAt(file, 0, Math.min(kindBytes, fileBytes));
    const kind = kindOfBytes(start, fileBytes);
    if (kind.group !== "checkpoint" && kind.group !== "unknown")
      throw new CorruptFileError(path, `${describeWrongKind("weights", kind)}; wanted a safetensors file`);
    const length = headerLength(start.subarray(0, prefixBytes), fileBytes, path);
    const dataStart = prefixBytes + length;
    const { entries, metadata } = parseHeader(readAt(file, prefixBytes, length), fileBytes - dataStart, path);
    const tensors = new Map<string, StoredTensor>();
    for (const entry of entries)
      tensors.set(entry.name, tensorOf(entry, readAt(file, dataStart + entry.begin, entry.end - entry.begin), path));
    return { tensors, metadata };
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a safetensors file whole or not at all: under a temporary name in the same folder, flushed, then renamed.
 * Pending tensors are read one at a time.
 */
export function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, StoredTensor | PendingTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  replaceFileSync(path, safetensorsParts(tensors, metadata));
}
