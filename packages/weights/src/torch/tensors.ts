// The allow-list of PyTorch's globals in a pickle: storages and tensors over them. No numbers are read in this file.

import { ArgumentError, type GlobalCall } from "../pickle/globals.ts";
import type { PickleHost } from "../pickle/unpickle.ts";
import { HostValue, kindOf, PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "../pickle/values.ts";
import { elementCount } from "../tensor-type.ts";
import { dtypeOf, storageType, widthOf } from "./types.ts";

/** A storage: a sequence of numbers in the file, with its key. */
export interface Storage {
  readonly key: string;
  readonly type: string;
  /** Number of elements. */
  readonly count: number;
}

/** A storage, or a part of one, which a legacy file can treat as a storage. */
class TorchStorage extends HostValue {
  readonly kind = "storage";
  readonly storage: Storage;
  readonly begin: number;
  readonly count: number;

  constructor(storage: Storage, begin: number, count: number) {
    super();
    this.storage = storage;
    this.begin = begin;
    this.count = count;
  }
}

export class TorchTensor extends HostValue {
  readonly kind = "tensor";
  readonly storage: Storage;
  readonly type: string;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Position of the first element in the storage, in elements of the type of the tensor. */
  readonly offset: number;

  constructor(storage: Storage, type: string, offset: number, shape: readonly number[], strides: readonly number[]) {
    super();
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** The allow-list for PyTorch's pickles; collects the storages that a pickle refers to. */
export class TorchHost implements PickleHost {
  readonly storages = new Map<string, Storage>();

  callOf(name: string): GlobalCall | undefined {
    return calls.get(name);
  }

  /** `('storage', class, key, device, count)`; legacy files add `None` or `(key, offset, count)` of a part. */
  persistent(id: PickleValue): TorchStorage {
    if (typeof id === "string")
      throw new ArgumentError("a storage as text (pickle protocol 0), which PyTorch cannot load");
    const [tag, cls, key, , count, part] = id instanceof PickleTuple ? id.items : [];
    if (tag !== "storage" || !(cls instanceof PickleGlobal) || typeof key !== "string" || !isSize(count))
      throw new ArgumentError(`a persistent id that is not a storage: ${kindOf(id)}`);
    const type = storageType(cls.name);
    if (!type) throw new ArgumentError(`a storage of the unknown class ${JSON.stringify(cls.name)}`);
    const existing = this.storages.get(key);
    if (existing && (existing.type !== type || existing.count !== count))
      throw new ArgumentError(
        `storage ${JSON.stringify(key)} is ${existing.type} of ${existing.count} in one place, ` +
          `${type} of ${count} in another`,
      );
    const storage = existing ?? { key, type, count };
    this.storages.set(key, storage);
    if (part === undefined || part === null) return new TorchStorage(storage, 0, count);
    const [, begin, length] = part instanceof PickleTuple ? part.items : [];
    if (!isSize(begin) || !isSize(length) || begin + length > count)
      throw new ArgumentError(`a part of storage ${JSON.stringify(key)} that is outside it`);
    return new TorchStorage(storage, begin, length);
  }
}

const maxDimensions = 64; // PyTorch's limit for most operations (aten, `dim_bitset_size`)

const isSize = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

function sizes(value: PickleValue | undefined, label: string): number[] {
  const items = value instanceof PickleTuple ? value.items : Array.isArray(value) ? value : undefined;
  if (!items || items.length > maxDimensions || !items.every(isSize))
    throw new ArgumentError(`${label} is not a tuple of at most ${maxDimensions} sizes`);
  return items as number[];
}

/** Builds a tensor. Throws ArgumentError unless all its elements are within the storage. */
function rebuildTensor(
  storage: PickleValue | undefined,
  offset: PickleValue | undefined,
  size: PickleValue | undefined,
  stride: PickleValue | undefined,
  type?: string,
): TorchTensor {
  if (!(storage instanceof TorchStorage)) throw new ArgumentError(`${kindOf(storage ?? null)} instead of a storage`);
  const shape = sizes(size, "the size");
  const strides = stride === undefined ? rowMajor(shape) : sizes(stride, "the stride");
  if (!isSize(offset)) throw new ArgumentError("the storage offset is not a size");
  if (shape.length !== strides.length) throw new ArgumentError(`${shape.length} sizes and ${strides.length} strides`);
  const count = elementCount(shape);
  if (count === undefined) throw new ArgumentError(`a tensor of shape [${shape}]: too many elements to count`);
  const lastIndex = shape.reduce((sum, n, i) => sum + (n - 1) * strides[i]!, offset);
  const ownType = type ?? storage.storage.type;
  // Number of elements, in the tensor's type, that this part of the storage holds.
  const available = Math.floor((storage.count * widthOf(storage.storage.type)) / widthOf(ownType));
  if (count > 0 && !(lastIndex < available))
    throw new ArgumentError(
      `a tensor of shape [${shape}], strides [${strides}] and offset ${offset} in a storage of ${available} numbers`,
    );
  const begin = (storage.begin * widthOf(storage.storage.type)) / widthOf(ownType);
  if (!Number.isInteger(begin)) throw new ArgumentError("a tensor that is not aligned to its elements");
  return new TorchTensor(storage.storage, ownType, begin + offset, shape, strides);
}

function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = [];
  for (let i = shape.length - 1, stride = 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= Math.max(1, shape[i]!);
  }
  return strides;
}

/** A wrapper around a tensor that does not change its numbers. */
const unwrapTensor: GlobalCall = ([data]) => {
  if (!(data instanceof TorchTensor)) throw new ArgumentError(`${kindOf(data ?? null)} instead of a tensor`);
  return data;
};

/** torch._tensor._rebuild_from_type_v2(function, type, args, state): a subclass or a tensor with attributes. */
const rebuildFromType: GlobalCall = ([rebuild, , args], spend) => {
  const call = rebuild instanceof PickleGlobal ? rebuildFunctions.get(rebuild.name) : undefined;
  if (!call || !(args instanceof PickleTuple))
    throw new ArgumentError(`it rebuilds a tensor by ${kindOf(rebuild ?? null)}, which is unknown`);
  return call(args.items, spend);
};

/** The functions of torch/_utils.py that rebuild tensors. */
const rebuildFunctions: ReadonlyMap<string, GlobalCall> = new Map<string, GlobalCall>([
  ["torch._utils._rebuild_tensor", ([storage, offset, size, stride]) => rebuildTensor(storage, offset, size, stride)],
  [
    "torch._utils._rebuild_tensor_v2",
    ([storage, offset, size, stride]) => rebuildTensor(storage, offset, size, stride),
  ],
  [
    "torch._utils._rebuild_tensor_v3",
    ([storage, offset, size, stride, , , dtype]) => {
      const type = dtype instanceof PickleGlobal ? dtypeOf(dtype.name) : undefined;
      if (!type) throw new ArgumentError(`a tensor of an unknown type: ${kindOf(dtype ?? null)}`);
      return rebuildTensor(storage, offset, size, stride, type);
    },
  ],
  ["torch._utils._rebuild_qtensor", ([storage, offset, size, stride]) => rebuildTensor(storage, offset, size, stride)],
  ["torch._utils._rebuild_parameter", unwrapTensor],
  ["torch._utils._rebuild_parameter_with_state", unwrapTensor],
]);

const calls: ReadonlyMap<string, GlobalCall> = new Map<string, GlobalCall>([
  ...rebuildFunctions,
  ["torch.nn.parameter.Parameter", unwrapTensor],
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["torch._tensor._rebuild_from_type", rebuildFromType],
  ["torch.Size", ([size]) => new PickleTuple(sizes(size, "torch.Size"))],
  ["torch.device", () => new PickleObject("torch.device")],
  ["torch.serialization._get_layout", () => new PickleObject("torch.layout")],
  // TorchScript writes lists of plain values with these.
  ...["intlist", "doublelist", "boollist", "tensorlist"].map((list): [string, GlobalCall] => [
    `torch.jit._pickle.build_${list}`,
    ([items]) => items ?? [],
  ]),
]);
