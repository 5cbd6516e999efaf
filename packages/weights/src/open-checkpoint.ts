// Opens any file of weights. The format is recognised by content, not by name.

import { statSync } from "node:fs";
import { type Checkpoint, checkpoint } from "./checkpoint.ts";
import { openFolder, openIndex } from "./folder.ts";
import type { PlacedTensor } from "./placed-tensor.ts";
import { firstNameParts, selectBelow } from "./prefix.ts";
import { type ReadableFile, stampOf, withFile } from "./read-file.ts";
import { recognise } from "./recognise.ts";
import { headerLength, parseHeader, prefixBytes } from "./safetensors/header.ts";
import { readLegacyCheckpoint } from "./torch/legacy-checkpoint.ts";
import { stateDict } from "./torch/state-dict.ts";
import type { TorchFile } from "./torch/torch-file.ts";
import { widthOf } from "./torch/types.ts";
import { readZipCheckpoint } from "./torch/zip-checkpoint.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

export interface OpenOptions {
  /** Selects one of several models: an entry (`ema`), or the first part of tensor names (`ema_model`). */
  readonly key?: string;
}

/**
 * Lists the tensors of a safetensors file, a PyTorch checkpoint (zip or legacy), an index of shards, or a diffusers
 * folder, without reading them. Throws a WeightFileError for invalid content; system errors (ENOENT, EACCES …) pass
 * through.
 */
export async function openCheckpoint(path: string, options: OpenOptions = {}): Promise<Checkpoint> {
  if (statSync(path).isDirectory()) return openFolder(path, (file) => openFile(file, options));
  return openFile(path, options);
}

function openFile(
  path: string,
  { key, shard = false }: OpenOptions & { readonly shard?: boolean },
): Promise<Checkpoint> {
  return withFile(path, async (file) => {
    const format = recognise(file);
    if (shard && format === "index") throw new UnsupportedFileError(path, "an index, where a shard was expected");
    switch (format) {
      case "safetensors":
        return selectKey(openSafetensors(file), key);
      case "index":
        return selectKey(await openIndex(file, (shard) => openFile(shard, { shard: true })), key);
      case "zip":
        return listTorchTensors(file, "PyTorch zip", await readZipCheckpoint(file), key);
      case "pickle":
        return listTorchTensors(file, "PyTorch legacy", readLegacyCheckpoint(file), key);
    }
  });
}

function openSafetensors(file: ReadableFile): Checkpoint {
  const length = headerLength(file.read(0, Math.min(prefixBytes, file.size)), file.size, file.path);
  const dataStart = prefixBytes + length;
  const { entries, metadata } = parseHeader(file.read(prefixBytes, length), file.size - dataStart, file.path);
  const stamp = stampOf(file);
  return checkpoint({
    source: file.path,
    format: "safetensors",
    metadata: new Map(Object.entries(metadata)),
    tensors: new Map(
      entries.map(({ name, type, shape, count, begin }): [string, PlacedTensor] => [
        name,
        { type, shape, count, file: stamp, begin: dataStart + begin },
      ]),
    ),
  });
}

function listTorchTensors(
  file: ReadableFile,
  format: string,
  { root, storages }: TorchFile,
  key: string | undefined,
): Checkpoint {
  const { tensors, metadata, notes, keys, below: remainingKey } = stateDict(root, file.path, key);
  const stamp = stampOf(file);
  const placedTensors = new Map<string, PlacedTensor>();
  for (const [name, { storage, type, shape, strides, offset }] of tensors)
    placedTensors.set(name, {
      type,
      shape,
      strides,
      count: shape.reduce((count, size) => count * size, 1),
      file: stamp,
      begin: storages.get(storage.key)! + offset * widthOf(type),
    });
  return selectKey(
    checkpoint({ source: file.path, format, tensors: placedTensors, metadata, notes }),
    remainingKey,
    keys,
  );
}

/** Selects the tensors whose names begin with the key, or all without a key. @param keys valid keys for the message */
function selectKey(opened: Checkpoint, key: string | undefined, keys: readonly string[] = []): Checkpoint {
  if (key === undefined) return opened;
  const found = selectBelow(opened, key);
  if (found) return found;
  const validKeys = [...new Set([...keys, ...firstNameParts(opened.tensors.keys())])].slice(0, 20).join(", ");
  throw new UnsupportedFileError(
    opened.source,
    `there are no tensors under the key ${JSON.stringify(key)}; ` +
      `wanted ${validKeys ? `one of ${validKeys}` : "no key: it has no entries"}`,
  );
}
