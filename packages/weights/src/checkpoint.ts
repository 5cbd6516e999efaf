import { float32, isFloatingPoint } from "./float32.ts";
import { type PlacedTensor, readPlaced, type TensorInfo } from "./placed-tensor.ts";
import type { StoredTensor } from "./tensor-type.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

/** A listing of a file of weights. Nothing stays open; each tensor is read when it is asked for. */
export interface Checkpoint {
  /** The path it was opened by. */
  readonly source: string;
  /** `safetensors`, `PyTorch zip`, `PyTorch legacy`; of several files, what each of them is. */
  readonly format: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Plain values that the file keeps beside its tensors. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What a person should know: what was chosen, what was left out. */
  readonly notes: readonly string[];
  /** One tensor in the file's own number type. */
  read(name: string): StoredTensor;
  /** One tensor of floating-point numbers as float32. */
  float32(name: string): Float32Array;
}

export interface CheckpointParts {
  readonly source: string;
  readonly format: string;
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly notes?: readonly string[];
}

export function checkpoint({ source, format, tensors, metadata = new Map(), notes = [] }: CheckpointParts): Checkpoint {
  const read = (name: string): StoredTensor => {
    const placed = tensors.get(name);
    if (!placed)
      throw new UnsupportedFileError(
        source,
        `it has no tensor ${JSON.stringify(name)}; its ${tensors.size} are listed by 'bench list-weights'`,
      );
    return readPlaced(name, placed);
  };
  return {
    source,
    format,
    tensors,
    metadata,
    notes,
    read,
    float32(name) {
      const tensor = read(name);
      if (!isFloatingPoint(tensor.type))
        throw new UnsupportedFileError(
          source,
          `tensor ${JSON.stringify(name)} holds ${tensor.type}: wanted floating-point numbers`,
        );
      return float32(tensor);
    },
  };
}
