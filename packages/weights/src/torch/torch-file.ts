import type { PickleValue } from "../pickle/values.ts";

/** What a PyTorch file holds, and where each storage that it names begins. */
export interface TorchFile {
  readonly root: PickleValue;
  /** First byte in the file, by key. */
  readonly storages: ReadonlyMap<string, number>;
}
