// The Python globals that a pickle may use. None is ever run: the result of a call is built here as plain data.

import { kindOf, PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "./values.ts";

/**
 * Builds the result of calling a global. Throws ArgumentError for invalid arguments. It calls `spend` before it copies
 * entries, because a pickle can refer to one list a thousand times.
 */
export type GlobalCall = (args: readonly PickleValue[], spend: (entries: number) => void) => PickleValue;

export class ArgumentError extends Error {}

/** Builds a dict: an empty one without arguments, or one from another dict or from a list of pairs (Python 2). */
const buildDict: GlobalCall = ([first], spend) => {
  if (first === undefined) return new Map();
  if (first instanceof Map) return first;
  const pairs = itemsOf(first);
  if (!pairs) throw new ArgumentError(`its argument is ${kindOf(first)}, wanted pairs`);
  spend(pairs.length);
  return new Map(
    pairs.map((pair): [PickleValue, PickleValue] => {
      const [key, value, ...more] = itemsOf(pair) ?? [];
      if (key === undefined || value === undefined || more.length > 0)
        throw new ArgumentError(`its argument holds ${kindOf(pair)}, wanted a pair`);
      return [key, value];
    }),
  );
};

const itemsOf = (value: PickleValue): readonly PickleValue[] | undefined =>
  value instanceof PickleTuple ? value.items : Array.isArray(value) ? value : undefined;

/** Protocols 0 and 1 build objects with this function. Its arguments are a class, a base class and the base's state. */
const reconstruct: GlobalCall = ([cls]) => {
  if (!(cls instanceof PickleGlobal)) throw new ArgumentError("its first argument is not a class");
  return new PickleObject(cls.name);
};

const calls: ReadonlyMap<string, GlobalCall> = new Map<string, GlobalCall>([
  ["collections.OrderedDict", buildDict],
  ["collections.Counter", buildDict],
  ["collections.defaultdict", () => new Map()], // its argument is the factory; items are set later
  ["copyreg._reconstructor", reconstruct],
  ["copy_reg._reconstructor", reconstruct],
]);

/** Callables whose results hold no tensors: the result is kept as an object of that name. */
const opaqueGlobals: ReadonlySet<string> = new Set([
  "_codecs.encode", // protocol 2 writes bytes as text with its encoding
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

/** Built-in classes that a pickle may name without calling them, such as the factory of a defaultdict. */
const uncalledClasses: ReadonlySet<string> = new Set(
  ["object", "bool", "type"].flatMap((c) => [`builtins.${c}`, `__builtin__.${c}`]),
);

/** Modules that no checkpoint needs. A pickle is refused if it only names one of their functions. */
const refusedModules: ReadonlySet<string> = new Set(
  (
    "builtins __builtin__ os posix nt subprocess sys importlib runpy imp shutil socket ctypes _ctypes pty " +
    "commands code codeop platform webbrowser pip timeit cProfile profile pdb bdb trace operator _operator " +
    "marshal pickle _pickle cPickle dill cloudpickle shelve tempfile glob io _io asyncio multiprocessing " +
    "threading _thread signal atexit inspect gc linecache urllib http ftplib smtplib ssl idlelib lib2to3 " +
    "distutils ensurepip venv doctest unittest"
  ).split(" "),
);

/** The function that builds the result of a call of this global; undefined if the allow-list does not have it. */
export function callOf(name: string): GlobalCall | undefined {
  if (opaqueGlobals.has(name)) return () => new PickleObject(name);
  return calls.get(name);
}

/** True if a pickle may name this global. */
export function isNameAllowed(name: string): boolean {
  return (
    calls.has(name) ||
    opaqueGlobals.has(name) ||
    uncalledClasses.has(name) ||
    !refusedModules.has(name.split(".", 1)[0]!)
  );
}
