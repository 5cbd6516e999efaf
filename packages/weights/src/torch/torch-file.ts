// A parsed PyTorch checkpoint of either format.

import type { PickleValue } from "../pickle/values.ts";

/** The pickled object of a PyTorch checkpoint, and the positions of its storages. */
export interface TorchFile {
  readonly root: PickleValue;
  /** The file position of the first byte of each storage, by the storage's key. */
  readonly storages: ReadonlyMap<string, number>;
}
