// Files of weights: safetensors, PyTorch checkpoints, diffusers folders, NumPy arrays.

export { describeAdapter } from "./adapter.ts";
export type { Checkpoint } from "./checkpoint.ts";
export { CorruptFileError } from "./corrupt-file-error.ts";
export { float32, isFloatingPoint } from "./float32.ts";
export { fromFloat32 } from "./from-float32.ts";
export { type ArrayFile, type ArrayInfo, openArrays } from "./numpy/array-file.ts";
export { maxNpzBytes, readNpz, writeNpz } from "./numpy/npz.ts";
export { type OpenOptions, openCheckpoint } from "./open-checkpoint.ts";
export type { TensorInfo } from "./placed-tensor.ts";
export { stripWrappers } from "./prefix.ts";
export { decodeSafetensors, type Safetensors } from "./safetensors/decode.ts";
export { encodeSafetensors, type PendingTensor } from "./safetensors/encode.ts";
export { readSafetensors, writeSafetensors } from "./safetensors/file.ts";
export type { StoredTensor, TensorData, TensorType } from "./tensor-type.ts";
export { RefusedGlobalError, UnsupportedFileError, WeightFileError } from "./weight-file-error.ts";
