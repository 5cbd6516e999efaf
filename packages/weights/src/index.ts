export { CorruptFileError } from "./corrupt-file-error.ts";
export { decodeSafetensors, type Safetensors } from "./decode.ts";
export { encodeSafetensors } from "./encode.ts";
export { readSafetensors, writeSafetensors } from "./file.ts";
export { float32 } from "./float32.ts";
export type { StoredTensor, TensorData, TensorType } from "./tensor-type.ts";
