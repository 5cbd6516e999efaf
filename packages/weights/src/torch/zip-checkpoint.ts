// PyTorch's format since 1.6: a zip archive with a pickle and one uncompressed entry per storage.
// Source: pytorch/caffe2/serialize/inline_container.h.

import { CorruptFileError } from "../corrupt-file-error.ts";
import { PickleInput } from "../pickle/input.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { ReadableFile } from "../read-file.ts";
import { describeOtherZip, wantedWeights } from "../recognise.ts";
import { UnsupportedFileError } from "../weight-file-error.ts";
import { storedEntry, type ZipEntry, zipEntries } from "../zip-entries.ts";
import { TorchHost } from "./tensors.ts";
import type { TorchFile } from "./torch-file.ts";
import { widthOf } from "./types.ts";

export async function readZipCheckpoint(file: ReadableFile): Promise<TorchFile> {
  const entries = await zipEntries(file);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const pickle = storedEntry(entries, pickles[0] ?? "", file.path);
  const otherDescription = pickle ? undefined : describeOtherZip(file);
  if (otherDescription) throw new UnsupportedFileError(file.path, `${otherDescription}; ${wantedWeights}`);
  if (!pickle || pickles.length > 1)
    throw new UnsupportedFileError(
      file.path,
      `a zip archive with ${pickles.length} entries FOLDER/data.pkl: wanted one, as torch.save writes`,
    );
  const folder = pickles[0]!.slice(0, -"/data.pkl".length);
  checkByteOrder(file, storedEntry(entries, `${folder}/byteorder`, file.path));
  const host = new TorchHost();
  const root = unpickle(new PickleInput(file, pickle.begin, pickle.end), host);
  const storages = new Map<string, number>();
  for (const { key, type, count } of host.storages.values()) {
    const entry = storedEntry(entries, `${folder}/data/${key}`, file.path);
    if (!entry) throw new CorruptFileError(file.path, `storage ${JSON.stringify(key)} is not in the archive`);
    const bytes = entry.end - entry.begin;
    if (bytes !== count * widthOf(type))
      throw new CorruptFileError(
        file.path,
        `storage ${JSON.stringify(key)} of ${count} ${type} takes ${count * widthOf(type)} bytes, ` +
          `its entry has ${bytes}`,
      );
    storages.set(key, entry.begin);
  }
  return { root, storages };
}

function checkByteOrder(file: ReadableFile, entry: ZipEntry | undefined): void {
  if (!entry) return; // files before PyTorch 2.1 have no such entry
  const text = Buffer.from(file.read(entry.begin, Math.min(entry.end - entry.begin, 16))).toString("latin1");
  if (text !== "little")
    throw new UnsupportedFileError(file.path, `byte order ${JSON.stringify(text)}: only "little" is supported`);
}
