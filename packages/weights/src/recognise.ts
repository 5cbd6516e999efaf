// Recognises the format of a file of weights by its first bytes.

import { describeWrongKind, kindBytes, kindOfBytes } from "@dit-bench/files";
import { CorruptFileError } from "./corrupt-file-error.ts";
import { PickleInput } from "./pickle/input.ts";
import { maxProtocol } from "./pickle/opcodes.ts";
import { unpickle } from "./pickle/unpickle.ts";
import type { ReadableFile } from "./read-file.ts";
import { RefusedGlobalError, UnsupportedFileError } from "./weight-file-error.ts";

export type FileFormat = "safetensors" | "index" | "zip" | "pickle";

/** The end of messages about files of other formats. */
export const wantedWeights =
  "wanted a safetensors file, a PyTorch checkpoint, an index of shards or a diffusers folder";

/** Recognises the format of a file of weights. Throws UnsupportedFileError for any other file. */
export function recognise(file: ReadableFile): FileFormat {
  const head = file.read(0, Math.min(file.size, kindBytes));
  const text = Buffer.from(head).toString("latin1");
  if (text.startsWith("PK\x03\x04") || text.startsWith("PK\x05\x06")) return "zip";
  if (text[8] === "{") return "safetensors";
  if ((head[0] === 0x80 && head[1]! <= maxProtocol) || text.startsWith(magicLine)) return "pickle";
  if (/^\s*\{/.test(text)) return "index";
  const description = describeWrongKind("weights", kindOfBytes(head, file.size));
  refusePickle(file);
  throw new UnsupportedFileError(file.path, `${description}; ${wantedWeights}`);
}

/** Describes a zip archive without a pickle; undefined if it looks like a checkpoint. */
export function describeOtherZip(file: ReadableFile): string | undefined {
  const kind = kindOfBytes(file.read(0, Math.min(file.size, kindBytes)), file.size);
  return kind.group === "checkpoint" ? undefined : describeWrongKind("weights", kind);
}

/** PyTorch's magic number (torch/serialization.py) in pickle protocol 0. */
const magicLine = "L119547037146038801333356L\n";

/**
 * Throws RefusedGlobalError for a pickle of protocol 0 or 1 that names a dangerous global, so that the user is warned.
 * Such pickles have no magic bytes and are not recognised otherwise.
 */
function refusePickle(file: ReadableFile): void {
  try {
    unpickle(new PickleInput(file, 0, file.size));
  } catch (error) {
    if (error instanceof RefusedGlobalError) throw error;
    if (!(error instanceof CorruptFileError)) throw error;
  }
}
