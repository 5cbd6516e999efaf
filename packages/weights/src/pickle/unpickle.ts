// Reads a pickle as plain data, with a stack machine like Python's. No code runs: a global is only a name, and a call
// builds only the result that an allow-list defines for it. Source of the opcodes: CPython, Lib/pickletools.py.

import { RefusedGlobalError } from "../weight-file-error.ts";
import { ArgumentError, callOf, type GlobalCall, isNameAllowed } from "./globals.ts";
import type { PickleInput } from "./input.ts";
import { maxProtocol, op, opName } from "./opcodes.ts";
import {
  decodeLatin1,
  decodePython2String,
  decodeRawUnicode,
  decodeTwosComplement,
  decodeUtf8,
  parseFloatText,
  parseInteger,
  unquote,
} from "./text.ts";
import { kindOf, PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "./values.ts";

/** The format that contains a pickle: its additions to the allow-list, and the meaning of its persistent ids. */
export interface PickleHost {
  callOf?(name: string): GlobalCall | undefined;
  persistent?(id: PickleValue): PickleValue;
}

/** Limits on the memory that a pickle can use. A checkpoint of 10,000 tensors reaches a tenth of these limits. */
const maxSteps = 2_000_000;
const maxContainers = 250_000;
const maxLongBytes = 256;

/** Reads one pickle, up to its STOP. Throws CorruptFileError; RefusedGlobalError for a global that is not allowed. */
export function unpickle(input: PickleInput, host: PickleHost = {}): PickleValue {
  return new Machine(input, host).run();
}

class Machine {
  readonly #input: PickleInput;
  readonly #host: PickleHost;
  #stack: PickleValue[] = [];
  readonly #stacksBelowMarks: PickleValue[][] = []; // one stack for each open MARK
  readonly #memo = new Map<number, PickleValue>();
  #containers = 0;

  constructor(input: PickleInput, host: PickleHost) {
    this.#input = input;
    this.#host = host;
  }

  run(): PickleValue {
    for (let step = 0; step < maxSteps; step++) {
      const code = this.#input.byte();
      if (code === op.STOP) {
        const value = this.#pop();
        return this.#stack.length + this.#stacksBelowMarks.length === 0
          ? value
          : this.#fail("STOP with values left on the stack");
      }
      this.#step(code);
    }
    return this.#fail(`more than ${maxSteps} steps`);
  }

  #step(code: number) {
    const input = this.#input;
    switch (code) {
      case op.PROTO: {
        const protocol = input.byte();
        if (protocol > maxProtocol) this.#fail(`protocol ${protocol}: wanted at most ${maxProtocol}`);
        return;
      }
      case op.FRAME:
        input.uint64(); // the length of the frame, which this reader does not need
        return;

      case op.NONE:
        return this.#push(null);
      case op.NEWTRUE:
        return this.#push(true);
      case op.NEWFALSE:
        return this.#push(false);
      case op.BININT:
        return this.#push(input.int32());
      case op.BININT1:
        return this.#push(input.byte());
      case op.BININT2:
        return this.#push(input.uint16());
      case op.LONG1:
        return this.#push(decodeTwosComplement(input.bytes(input.byte())));
      case op.LONG4:
        return this.#push(decodeTwosComplement(input.bytes(this.#checkLength(input.int32(), maxLongBytes, "LONG4"))));
      case op.INT: {
        const text = input.line();
        return this.#push(text === "00" ? false : text === "01" ? true : this.#requireParsed(parseInteger(text), text));
      }
      case op.LONG: {
        const text = input.line();
        return this.#push(this.#requireParsed(parseInteger(text.replace(/L$/, "")), text));
      }
      case op.FLOAT: {
        const text = input.line();
        return this.#push(this.#requireParsed(parseFloatText(text), text));
      }
      case op.BINFLOAT:
        return this.#push(input.float64());

      case op.STRING: {
        const text = input.line();
        return this.#push(this.#requireParsed(unquote(text), text));
      }
      case op.UNICODE: {
        const text = input.line();
        return this.#push(this.#requireParsed(decodeRawUnicode(text), text));
      }
      case op.BINSTRING:
        return this.#push(decodePython2String(input.bytes(this.#checkLength(input.int32(), 2 ** 31, "BINSTRING"))));
      case op.SHORT_BINSTRING:
        return this.#push(decodePython2String(input.bytes(input.byte())));
      case op.SHORT_BINUNICODE:
        return this.#push(this.#decodeText(input.bytes(input.byte())));
      case op.BINUNICODE:
        return this.#push(this.#decodeText(input.bytes(input.uint32())));
      case op.BINUNICODE8:
        return this.#push(this.#decodeText(input.bytes(input.uint64())));
      case op.SHORT_BINBYTES:
        return this.#push(input.bytes(input.byte()));
      case op.BINBYTES:
        return this.#push(input.bytes(input.uint32()));
      case op.BINBYTES8:
      case op.BYTEARRAY8:
        return this.#push(input.bytes(input.uint64()));

      case op.MARK:
        this.#countContainers();
        this.#stacksBelowMarks.push(this.#stack);
        this.#stack = [];
        return;
      case op.POP:
        if (this.#stack.length > 0) this.#stack.pop();
        else this.#popToMark();
        return;
      case op.POP_MARK:
        this.#popToMark();
        return;
      case op.DUP:
        return this.#push(this.#top());
      case op.PUT:
        return this.#put(this.#memoIndex());
      case op.BINPUT:
        return this.#put(input.byte());
      case op.LONG_BINPUT:
        return this.#put(input.uint32());
      case op.MEMOIZE:
        return this.#put(this.#memo.size);
      case op.GET:
        return this.#get(this.#memoIndex());
      case op.BINGET:
        return this.#get(input.byte());
      case op.LONG_BINGET:
        return this.#get(input.uint32());

      case op.EMPTY_TUPLE:
        return this.#pushTuple([]);
      case op.TUPLE1:
        return this.#pushTuple(this.#popMany(1));
      case op.TUPLE2:
        return this.#pushTuple(this.#popMany(2));
      case op.TUPLE3:
        return this.#pushTuple(this.#popMany(3));
      case op.TUPLE:
        return this.#pushTuple(this.#popToMark());
      case op.EMPTY_LIST:
        return this.#pushContainer([]);
      case op.LIST:
        return this.#pushContainer(this.#popToMark());
      case op.EMPTY_DICT:
        return this.#pushContainer(new Map());
      case op.DICT: {
        const items = this.#popToMark();
        this.#pushContainer(new Map());
        return this.#setItems(items);
      }
      case op.EMPTY_SET:
        return this.#pushContainer(new Set());
      case op.FROZENSET:
        return this.#pushContainer(new Set(this.#popToMark()));
      case op.APPEND:
        return this.#appendItems(this.#popMany(1));
      case op.APPENDS:
        return this.#appendItems(this.#popToMark());
      case op.SETITEM:
        return this.#setItems(this.#popMany(2));
      case op.SETITEMS:
        return this.#setItems(this.#popToMark());
      case op.ADDITEMS:
        return this.#addItems(this.#popToMark());

      case op.GLOBAL: {
        const module = input.line();
        return this.#push(this.#makeGlobal(module, input.line()));
      }
      case op.STACK_GLOBAL: {
        const [module, name] = this.#popMany(2);
        if (typeof module !== "string" || typeof name !== "string")
          return this.#fail("STACK_GLOBAL without two strings");
        return this.#push(this.#makeGlobal(module, name));
      }
      case op.REDUCE: {
        const [callable, args] = this.#popMany(2);
        if (!(args instanceof PickleTuple)) return this.#fail(`REDUCE with ${kindOf(args!)} instead of a tuple`);
        return this.#pushContainer(this.#call(callable!, args.items));
      }
      case op.INST: {
        const module = input.line();
        const callable = this.#makeGlobal(module, input.line());
        return this.#pushContainer(this.#call(callable, this.#popToMark()));
      }
      case op.OBJ: {
        const [callable, ...args] = this.#popToMark();
        return this.#pushContainer(this.#call(callable ?? null, args));
      }
      case op.NEWOBJ: {
        const [cls, args] = this.#popMany(2);
        return this.#newObject(cls!, args!);
      }
      case op.NEWOBJ_EX: {
        const [cls, args] = this.#popMany(3);
        return this.#newObject(cls!, args!);
      }
      case op.BUILD:
        return this.#build(this.#pop());

      case op.BINPERSID:
        return this.#persistent(this.#pop());
      case op.PERSID:
        return this.#persistent(input.line());

      case op.NEXT_BUFFER:
      case op.READONLY_BUFFER:
        return this.#fail(`${opName(code)}: its buffers are outside the file`);
      case op.EXT1:
      case op.EXT2:
      case op.EXT4:
        return this.#fail(`${opName(code)}: a global by number, whose name only its writer knows`);
      default:
        return this.#fail(`${opName(code)} is not an opcode`);
    }
  }

  #makeGlobal(module: string, name: string): PickleGlobal {
    const fullName = `${module}.${name}`;
    if (!isNameAllowed(fullName))
      throw new RefusedGlobalError(
        this.#input.source,
        fullName,
        `the pickle names the Python global ${displayName(fullName)}`,
      );
    return new PickleGlobal(fullName);
  }

  #call(callable: PickleValue, args: readonly PickleValue[]): PickleValue {
    if (!(callable instanceof PickleGlobal)) return this.#fail(`a call of ${kindOf(callable)}`);
    const call = this.#host.callOf?.(callable.name) ?? callOf(callable.name);
    if (!call)
      throw new RefusedGlobalError(
        this.#input.source,
        callable.name,
        `the pickle calls the Python global ${displayName(callable.name)}, which is not on the allow-list`,
      );
    try {
      return call(args, (entries) => this.#countContainers(entries));
    } catch (error) {
      if (error instanceof ArgumentError) return this.#fail(`${displayName(callable.name)}: ${error.message}`);
      throw error;
    }
  }

  /** `cls.__new__(cls, *args)`: an object of any class is kept as data. */
  #newObject(cls: PickleValue, args: PickleValue): void {
    if (!(cls instanceof PickleGlobal)) this.#fail(`a new object of ${kindOf(cls)}`);
    if (!(args instanceof PickleTuple)) this.#fail(`a new object from ${kindOf(args)} instead of a tuple`);
    const listedCall = this.#host.callOf?.(cls.name) ?? callOf(cls.name);
    this.#pushContainer(listedCall ? this.#call(cls, args.items) : new PickleObject(cls.name, args.items));
  }

  /** `__setstate__`: kept for objects; the extra state of dicts and tensors is ignored. */
  #build(state: PickleValue): void {
    const object = this.#top();
    if (object instanceof PickleObject) object.state = state;
    else if (
      object === null ||
      typeof object !== "object" ||
      object instanceof PickleGlobal ||
      object instanceof PickleTuple
    )
      this.#fail(`BUILD of ${kindOf(object)}`);
  }

  #persistent(id: PickleValue): void {
    if (!this.#host.persistent) this.#fail(`an unexpected persistent id: ${kindOf(id)}`);
    try {
      this.#push(this.#host.persistent(id));
    } catch (error) {
      if (error instanceof ArgumentError) this.#fail(error.message);
      throw error;
    }
  }

  #appendItems(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (list instanceof PickleObject) list.items ??= [];
    const target = list instanceof PickleObject ? list.items : list;
    if (!Array.isArray(target)) this.#fail(`items for ${kindOf(list)} instead of a list`);
    for (const item of items) target.push(item);
  }

  #addItems(items: readonly PickleValue[]): void {
    const set = this.#top();
    if (!(set instanceof Set)) this.#fail(`items for ${kindOf(set)} instead of a set`);
    for (const item of items) set.add(item);
  }

  #setItems(items: readonly PickleValue[]): void {
    const dict = this.#top();
    if (dict instanceof PickleObject) dict.entries ??= new Map();
    const target = dict instanceof PickleObject ? dict.entries : dict;
    if (!(target instanceof Map)) this.#fail(`entries for ${kindOf(dict)} instead of a dict`);
    if (items.length % 2 === 1) this.#fail("a key without a value");
    for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
  }

  #pushTuple(items: readonly PickleValue[]): void {
    this.#pushContainer(new PickleTuple(items));
  }

  #pushContainer(value: PickleValue): void {
    this.#countContainers();
    this.#push(value);
  }

  #countContainers(count = 1): void {
    this.#containers += count;
    if (this.#containers > maxContainers) this.#fail(`more than ${maxContainers} lists, tuples, dicts and objects`);
  }

  #push(value: PickleValue): void {
    this.#stack.push(value);
  }

  #pop(): PickleValue {
    if (this.#stack.length === 0) this.#fail("an empty stack, where a value is needed");
    return this.#stack.pop()!;
  }

  #top(): PickleValue {
    if (this.#stack.length === 0) this.#fail("an empty stack, where a value is needed");
    return this.#stack.at(-1)!;
  }

  #popMany(count: number): PickleValue[] {
    if (this.#stack.length < count) this.#fail("too few values on the stack");
    return this.#stack.splice(-count);
  }

  /** Pops the values above the last MARK, and the MARK. */
  #popToMark(): PickleValue[] {
    const below = this.#stacksBelowMarks.pop();
    if (!below) return this.#fail("no MARK, where one is needed");
    const above = this.#stack;
    this.#stack = below;
    return above;
  }

  #put(index: number): void {
    this.#memo.set(index, this.#top());
  }

  #get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.#fail(`nothing in the memo at ${index}`);
    this.#push(value);
  }

  #memoIndex(): number {
    const text = this.#input.line();
    return /^[0-9]{1,10}$/.test(text)
      ? Number(text)
      : this.#fail(`${JSON.stringify(text.slice(0, 40))} is not a memo index`);
  }

  #decodeText(bytes: Uint8Array): string {
    // Python accepts lone surrogates; no name of a tensor has one.
    return (
      decodeUtf8(bytes) ?? this.#fail(`text that is not UTF-8: ${JSON.stringify(decodeLatin1(bytes.subarray(0, 40)))}`)
    );
  }

  #requireParsed<T>(value: T | undefined, text: string): T {
    return value ?? this.#fail(`${JSON.stringify(text.slice(0, 40))} cannot be read`);
  }

  #checkLength(length: number, max: number, label: string): number {
    return length >= 0 && length <= max ? length : this.#fail(`${label} of ${length} bytes`);
  }

  #fail(problem: string): never {
    throw this.#input.corrupt(problem);
  }
}

const displayName = (name: string): string => (/^[\w.]{1,120}$/.test(name) ? name : JSON.stringify(name.slice(0, 120)));
