// A parsed PyTorch checkpoint of either format.

import type { PickleValue } from "../pickle/values.ts";

/** The pickled object of a PyTorch checkpoint, and the positions of its storages. */
export interface TorchFile {
  readonly root: PickleValue;
  /** File position of the first byte, by key. */
  readonly storages: ReadonlyMap<string, number>;
}
