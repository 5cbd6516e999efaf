// The values of a pickle as plain data. Lists are arrays, dicts are Maps, sets are Sets.

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleTuple
  | PickleGlobal
  | PickleObject
  | HostValue;

export class PickleTuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A Python function or class, known only by its name. */
export class PickleGlobal {
  /** Module and name, such as `collections.OrderedDict`. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An instance of a class, kept as the data in the pickle. It is never constructed. */
export class PickleObject {
  readonly className: string;
  readonly args: readonly PickleValue[];
  state: PickleValue = null;
  /** Appended items, for a subclass of list. */
  items: PickleValue[] | undefined;
  /** Entries, for a subclass of dict. */
  entries: Map<PickleValue, PickleValue> | undefined;

  constructor(className: string, args: readonly PickleValue[] = []) {
    this.className = className;
    this.args = args;
  }
}

/** A value of the format that contains the pickle, such as a tensor. The unpickler does not look inside. */
export abstract class HostValue {
  abstract readonly kind: string;
}

/** Describes a value for messages. */
export function kindOf(value: PickleValue): string {
  if (value === null) return "None";
  if (value instanceof PickleGlobal) return `the global ${value.name}`;
  if (value instanceof PickleObject) return `an object of ${value.className}`;
  if (value instanceof PickleTuple) return "a tuple";
  if (value instanceof HostValue) return `a ${value.kind}`;
  if (value instanceof Map) return "a dict";
  if (value instanceof Set) return "a set";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string"
    ? `the string ${JSON.stringify(value.slice(0, 40))}`
    : `the ${typeof value} ${value}`;
}
