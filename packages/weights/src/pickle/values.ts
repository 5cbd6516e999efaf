// What a pickle holds, as data. Lists are arrays, dicts are Maps, sets are Sets; nothing here can run.

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

/** A Python function or class, by name alone. */
export class PickleGlobal {
  /** `collections.OrderedDict` */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An instance of some class, kept as what the pickle says of it; it was never constructed. */
export class PickleObject {
  readonly className: string;
  readonly args: readonly PickleValue[];
  state: PickleValue = null;
  /** What was appended to it, of a class made after list. */
  items: PickleValue[] | undefined;
  /** What was set in it, of a class made after dict. */
  entries: Map<PickleValue, PickleValue> | undefined;

  constructor(className: string, args: readonly PickleValue[] = []) {
    this.className = className;
    this.args = args;
  }
}

/** A value of the format around the pickle, such as a tensor; the unpickler only hands it on. */
export abstract class HostValue {
  abstract readonly kind: string;
}

/** What kind of thing a value is, for messages. */
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
