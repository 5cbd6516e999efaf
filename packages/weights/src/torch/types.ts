// PyTorch's number types by their safetensors names. Some can be listed but not read: they have no typed array.

import { isTensorType, typeInfo } from "../tensor-type.ts";

/** Size in bytes of the types that cannot be read. */
const listedTypeBytes: ReadonlyMap<string, number> = new Map([
  ["U16", 2],
  ["U32", 4],
  ["U64", 8],
  ["C32", 4],
  ["C64", 8],
  ["C128", 16],
  ["F8_E4M3", 1],
  ["F8_E5M2", 1],
  ["QINT8", 1],
  ["QUINT8", 1],
  ["QINT32", 4],
]);

/** Size of a number in bytes. */
export const widthOf = (type: string): number =>
  isTensorType(type) ? typeInfo(type).bytes : listedTypeBytes.get(type)!;

/** Types of pickled storages by class (torch/storage.py, `_new_dtypes` and `_dtype_to_storage_type_map`). */
const storageTypes: ReadonlyMap<string, string> = new Map([
  ["DoubleStorage", "F64"],
  ["FloatStorage", "F32"],
  ["HalfStorage", "F16"],
  ["BFloat16Storage", "BF16"],
  ["LongStorage", "I64"],
  ["IntStorage", "I32"],
  ["ShortStorage", "I16"],
  ["CharStorage", "I8"],
  ["ByteStorage", "U8"],
  ["BoolStorage", "BOOL"],
  ["ComplexFloatStorage", "C64"],
  ["ComplexDoubleStorage", "C128"],
  ["QInt8Storage", "QINT8"],
  ["QUInt8Storage", "QUINT8"],
  ["QInt32Storage", "QINT32"],
  ["UntypedStorage", "U8"], // bytes; the tensor has the type
]);

/** The type of `torch.FloatStorage`, `torch.cuda.FloatStorage` …; undefined for any other name. */
export function storageType(name: string): string | undefined {
  const match = /^torch\.(?:cuda\.|storage\.)?(\w+)$/.exec(name);
  return match ? storageTypes.get(match[1]!) : undefined;
}

/** Types of tensors over untyped storages (torch._utils._rebuild_tensor_v3). */
const dtypes: ReadonlyMap<string, string> = new Map([
  ["torch.float64", "F64"],
  ["torch.float32", "F32"],
  ["torch.float16", "F16"],
  ["torch.bfloat16", "BF16"],
  ["torch.int64", "I64"],
  ["torch.int32", "I32"],
  ["torch.int16", "I16"],
  ["torch.int8", "I8"],
  ["torch.uint8", "U8"],
  ["torch.bool", "BOOL"],
  ["torch.uint16", "U16"],
  ["torch.uint32", "U32"],
  ["torch.uint64", "U64"],
  ["torch.complex32", "C32"],
  ["torch.complex64", "C64"],
  ["torch.complex128", "C128"],
  ["torch.float8_e4m3fn", "F8_E4M3"],
  ["torch.float8_e5m2", "F8_E5M2"],
]);

export const dtypeOf = (name: string): string | undefined => dtypes.get(name);
