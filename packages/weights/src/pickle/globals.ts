// Which Python globals a pickle may use. None of them is ever run: what a call would make is made here, as data.

import { kindOf, PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "./values.ts";

/**
 * What a call of a global makes of its arguments; throws ArgumentError where they make no sense. It calls `spend` before
 * it copies entries, because a pickle can name one list a thousand times.
 */
export type GlobalCall = (args: readonly PickleValue[], spend: (entries: number) => void) => PickleValue;

export class ArgumentError extends Error {}

/** A dict of none, of another dict, or of a list of pairs (Python 2). */
const buildDict: GlobalCall = ([first], spend) => {
  if (first === undefined) return new Map();
  if (first instanceof Map) return first;
  const pairs = itemsOf(first);
  if (!pairs) throw new ArgumentError(`it is given ${kindOf(first)} in place of pairs`);
  spend(pairs.length);
  return new Map(
    pairs.map((pair): [PickleValue, PickleValue] => {
      const [key, value, ...more] = itemsOf(pair) ?? [];
      if (key === undefined || value === undefined || more.length > 0)
        throw new ArgumentError(`it is given ${kindOf(pair)} in place of a pair`);
      return [key, value];
    }),
  );
};

const itemsOf = (value: PickleValue): readonly PickleValue[] | undefined =>
  value instanceof PickleTuple ? value.items : Array.isArray(value) ? value : undefined;

/** Protocols 0 and 1 make objects by this function of a class, a base class and the base's state. */
const reconstruct: GlobalCall = ([of]) => {
  if (!(of instanceof PickleGlobal)) throw new ArgumentError("its first argument is no class");
  return new PickleObject(of.name);
};

const calls: ReadonlyMap<string, GlobalCall> = new Map<string, GlobalCall>([
  ["collections.OrderedDict", buildDict],
  ["collections.Counter", buildDict],
  ["collections.defaultdict", () => new Map()], // its argument is the factory; the items follow
  ["copyreg._reconstructor", reconstruct],
  ["copy_reg._reconstructor", reconstruct],
]);

/** Callables whose result is data without tensors: kept as an object of that name. */
const opaqueGlobals: ReadonlySet<string> = new Set([
  "_codecs.encode", // how protocol 2 writes bytes: as text and its encoding
  "argparse.Namespace",
  "types.SimpleNamespace",
  ...["builtins", "__builtin__"].flatMap((m) =>
    "complex bytearray bytes slice range xrange int float str list tuple dict set frozenset"
      .split(" ")
      .map((c) => `${m}.${c}`),
  ),
  ...["date", "datetime", "time", "timedelta", "timezone"].map((c) => `datetime.${c}`),
  ...["PosixPath", "WindowsPath", "Path", "PurePosixPath", "PureWindowsPath", "PurePath"].flatMap((c) =>
    ["pathlib", "pathlib._local"].map((m) => `${m}.${c}`),
  ),
  "decimal.Decimal",
  "fractions.Fraction",
  "collections.deque",
  "uuid.UUID",
  ...["numpy.core.multiarray", "numpy._core.multiarray"].flatMap((m) => [`${m}.scalar`, `${m}._reconstruct`]),
  "numpy.dtype",
  "numpy.ndarray",
]);

/** Classes of Python's own that a pickle names without calling them, such as a defaultdict's factory. */
const uncalledClasses: ReadonlySet<string> = new Set(
  ["object", "bool", "type"].flatMap((c) => [`builtins.${c}`, `__builtin__.${c}`]),
);

/** Modules that hold nothing a checkpoint has a use for: a pickle that only names one of their functions is refused. */
const refusedModules: ReadonlySet<string> = new Set(
  (
    "builtins __builtin__ os posix nt subprocess sys importlib runpy imp shutil socket ctypes _ctypes pty commands " +
    "code codeop platform webbrowser pip timeit cProfile profile pdb bdb trace operator _operator marshal pickle _pickle " +
    "cPickle dill cloudpickle shelve tempfile glob io _io asyncio multiprocessing threading _thread signal atexit " +
    "inspect gc linecache urllib http ftplib smtplib ssl idlelib lib2to3 distutils ensurepip venv doctest unittest"
  ).split(" "),
);

/** What stands for a call of this global, where it is on the list of harmless ones. */
export function callOf(name: string): GlobalCall | undefined {
  if (opaqueGlobals.has(name)) return () => new PickleObject(name);
  return calls.get(name);
}

/** May a pickle so much as name this global? */
export function isNameAllowed(name: string): boolean {
  return (
    calls.has(name) ||
    opaqueGlobals.has(name) ||
    uncalledClasses.has(name) ||
    !refusedModules.has(name.split(".", 1)[0]!)
  );
}
