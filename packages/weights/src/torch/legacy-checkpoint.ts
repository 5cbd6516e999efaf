// PyTorch's format before 1.6: five pickles (magic number, version, machine, object, storage keys), then the storages,
// each a 64-bit count and its numbers. Source: torch/serialization.py, `_legacy_save` and `_legacy_load`.

import { CorruptFileError } from "../corrupt-file-error.ts";
import { PickleInput } from "../pickle/input.ts";
import { unpickle } from "../pickle/unpickle.ts";
import { kindOf, PickleTuple, type PickleValue } from "../pickle/values.ts";
import type { ReadableFile } from "../read-file.ts";
import { UnsupportedFileError } from "../weight-file-error.ts";
import { type Storage, TorchHost } from "./tensors.ts";
import type { TorchFile } from "./torch-file.ts";
import { widthOf } from "./types.ts";

/** MAGIC_NUMBER in torch/serialization.py. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
/** PROTOCOL_VERSION in torch/serialization.py. */
const protocolVersion = 1001;

export function readLegacyCheckpoint(file: ReadableFile): TorchFile {
  const input = new PickleInput(file, 0, file.size);
  const foundMagic = unpickle(input);
  if (foundMagic !== magicNumber)
    throw new UnsupportedFileError(
      file.path,
      `a pickle of ${kindOf(foundMagic)}, not a PyTorch checkpoint: wanted a file of torch.save`,
    );
  const foundVersion = unpickle(input);
  if (foundVersion !== protocolVersion)
    throw new UnsupportedFileError(
      file.path,
      `${kindOf(foundVersion)} as the version of PyTorch's legacy format: wanted ${protocolVersion}`,
    );
  checkMachine(unpickle(input), file.path);
  const host = new TorchHost();
  const root = unpickle(input, host);
  return { root, storages: locateStorages(file, unpickle(input), host.storages, input.position) };
}

function checkMachine(info: PickleValue, path: string): void {
  if (!(info instanceof Map))
    throw new CorruptFileError(path, `${kindOf(info)} instead of the description of the machine`);
  if (info.get("little_endian") !== true)
    throw new UnsupportedFileError(path, "written on a big-endian machine: only little-endian files are supported");
}

function locateStorages(
  file: ReadableFile,
  keys: PickleValue,
  storages: ReadonlyMap<string, Storage>,
  begin: number,
): ReadonlyMap<string, number> {
  const corrupt = (problem: string) => new CorruptFileError(file.path, problem);
  const keyList = keys instanceof PickleTuple ? keys.items : keys;
  if (!Array.isArray(keyList)) throw corrupt(`${kindOf(keys)} instead of the storage keys`);
  const positions = new Map<string, number>();
  let at = begin;
  for (const key of keyList as readonly PickleValue[]) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (!storage) throw corrupt(`${kindOf(key)} as the key of a storage that no tensor names`);
    if (positions.has(storage.key)) throw corrupt(`the storage ${JSON.stringify(key)} occurs twice`);
    const bytes = storage.count * widthOf(storage.type);
    const head = file.read(at, countBytes);
    const count = new DataView(head.buffer, head.byteOffset, countBytes).getBigInt64(0, true);
    if (count !== BigInt(storage.count))
      throw corrupt(`storage ${JSON.stringify(key)} has ${count} numbers, its tensors expect ${storage.count}`);
    at += countBytes;
    if (at + bytes > file.size)
      throw corrupt(
        `storage ${JSON.stringify(key)} takes ${bytes} bytes from ${at} on in a file of ${file.size}: truncated`,
      );
    positions.set(storage.key, at);
    at += bytes;
  }
  for (const key of storages.keys())
    if (!positions.has(key)) throw corrupt(`storage ${JSON.stringify(key)} is not in the file`);
  return positions;
}

const countBytes = 8;
