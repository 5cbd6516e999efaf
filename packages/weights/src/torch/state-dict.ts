// Finds the tensors of the model in a PyTorch checkpoint, and their names.

import { CorruptFileError } from "../corrupt-file-error.ts";
import { maxTensors, maxValues } from "../limits.ts";
import { PickleObject, PickleTuple, type PickleValue } from "../pickle/values.ts";
import { UnsupportedFileError } from "../weight-file-error.ts";
import { TorchTensor } from "./tensors.ts";

export interface StateDict {
  /** The tensors by dotted name. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** Plain values beside the tensors, such as options of the run, by dotted name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Messages for the user about what was chosen. */
  readonly notes: readonly string[];
  /** The rest of the key, below the chosen entry: the first part of the names of the wanted tensors. */
  readonly below?: string;
  /** Entries that hold tensors: the valid keys. */
  readonly keys: readonly string[];
}

/**
 * The entry to choose without a key: the moving average before the trained model, as in the loader of
 * facebookresearch/DiT, then the usual name.
 */
const preferredEntries = ["ema", "model", "state_dict"];

const maxDepth = 64;
const maxName = 512;
const maxMetadata = 1_000;

/**
 * Lists the tensors of one entry. The name of the entry is the key or its beginning (`ema` for `ema.module`); the
 * caller applies the rest of the key. If no entry has such a name, the preferred entry is listed; if there is no
 * preferred entry, all tensors are listed. Throws a WeightFileError.
 */
export function stateDict(root: PickleValue, source: string, key?: string): StateDict {
  const walk = new TreeWalk(source);
  const entries = root instanceof Map ? [...root].map(([k, value]) => [nameOf(k), value] as const) : [];
  const tensorCounts = entries.map(([name, value]) => [name, walk.countBelow(value)] as const);
  const entriesWithTensors = tensorCounts.filter(([, count]) => count > 0).map(([name]) => name!);
  const entry =
    key === undefined ? undefined : entriesWithTensors.find((name) => key === name || key.startsWith(`${name}.`));
  const chosenName = entry ?? chooseEntry(entries, entriesWithTensors);
  const remainingKey =
    key !== undefined && key !== entry ? key.slice(entry === undefined ? 0 : entry.length + 1) : undefined;
  const notes: string[] = [];
  if (chosenName === undefined) walk.visit(root, root instanceof TorchTensor ? "tensor" : "", 0);
  else {
    const chosenEntry = entries.find(([name]) => name === chosenName)!;
    const otherEntries = entriesWithTensors.filter((name) => name !== chosenName);
    if (otherEntries.length > 0 || key === undefined)
      notes.push(
        `tensors of ${JSON.stringify(chosenName)}` +
          (otherEntries.length > 0 ? `; others are under ${otherEntries.slice(0, 20).join(", ")}` : ""),
      );
    walk.visit(chosenEntry[1], chosenEntry[1] instanceof TorchTensor ? chosenName : "", 0);
    for (const [name, value] of entries)
      if (name !== undefined && !entriesWithTensors.includes(name)) walk.visit(value, name, 0);
  }
  if (walk.objects.size > 0)
    notes.push(`skipped objects, which are never run: ${[...walk.objects].slice(0, 10).join(", ")}`);
  if (walk.tensors.size === 0)
    throw new UnsupportedFileError(source, `it holds no tensors${notes.length > 0 ? `; ${notes.join("; ")}` : ""}`);
  // The entries of a plain state dict are tensors, so that it has no keys.
  const keys = walk.tensors.size === entriesWithTensors.length ? [] : entriesWithTensors;
  return {
    tensors: walk.tensors,
    metadata: walk.metadata,
    notes,
    keys,
    ...(remainingKey === undefined ? {} : { below: remainingKey }),
  };
}

function chooseEntry(
  entries: readonly (readonly [string | undefined, PickleValue])[],
  entriesWithTensors: readonly string[],
): string | undefined {
  if (entries.some(([, value]) => value instanceof TorchTensor)) return undefined; // a plain state dict
  return (
    preferredEntries.find((name) => entriesWithTensors.includes(name)) ??
    (entriesWithTensors.length === 1 ? entriesWithTensors[0] : undefined)
  );
}

const nameOf = (key: PickleValue): string | undefined =>
  typeof key === "string" || typeof key === "number" || typeof key === "bigint" ? String(key) : undefined;

/** Fields in which torch.nn.Module keeps tensors and children; they are not part of tensor names. */
const moduleFields: ReadonlySet<string> = new Set(["_parameters", "_buffers", "_modules"]);

class TreeWalk {
  readonly tensors = new Map<string, TorchTensor>();
  readonly metadata = new Map<string, string>();
  /** Classes of the objects found. */
  readonly objects = new Set<string>();
  readonly #source: string;
  readonly #ancestors = new Set<PickleValue>();
  #nodes = 0;

  constructor(source: string) {
    this.#source = source;
  }

  visit(value: PickleValue, name: string, depth: number): void {
    this.#countNode();
    if (name.length > maxName)
      throw this.#corrupt(`a name of more than ${maxName} characters: ${JSON.stringify(name.slice(0, 80))}…`);
    if (value instanceof TorchTensor) this.#addTensor(name, value);
    else if (value === null || typeof value !== "object") this.#addMetadata(name, value);
    else if (!this.#ancestors.has(value)) this.#visitChildren(value, name, depth); // a value may contain itself
  }

  #visitChildren(value: PickleValue & object, name: string, depth: number): void {
    if (depth > maxDepth)
      throw this.#corrupt(`nested deeper than ${maxDepth}, at ${JSON.stringify(name.slice(0, 80))}`);
    this.#ancestors.add(value);
    if (value instanceof PickleObject && value.className !== "argparse.Namespace")
      this.objects.add(value.className.slice(0, 120));
    for (const [part, child] of children(value))
      this.visit(child, part === undefined ? name : name === "" ? part : `${name}.${part}`, depth + 1);
    this.#ancestors.delete(value);
  }

  /** The number of tensors below a value. */
  countBelow(value: PickleValue, depth = 0): number {
    this.#countNode();
    if (value instanceof TorchTensor) return 1;
    if (value === null || typeof value !== "object" || depth > maxDepth || this.#ancestors.has(value)) return 0;
    this.#ancestors.add(value);
    let count = 0;
    for (const [, child] of children(value)) count += this.countBelow(child, depth + 1);
    this.#ancestors.delete(value);
    return count;
  }

  #countNode(): void {
    if (++this.#nodes > maxValues) throw this.#corrupt(`more than ${maxValues} values, with repeated references`);
  }

  #addTensor(name: string, tensor: TorchTensor): void {
    if (this.tensors.has(name)) throw this.#corrupt(`two tensors are named ${JSON.stringify(name)}`);
    if (this.tensors.size === maxTensors) throw this.#corrupt(`more than ${maxTensors} tensors`);
    this.tensors.set(name, tensor);
  }

  #addMetadata(name: string, value: null | boolean | number | bigint | string | undefined): void {
    const text = String(value);
    if (name !== "" && this.metadata.size < maxMetadata && text.length <= maxName) this.metadata.set(name, text);
  }

  #corrupt(problem: string): CorruptFileError {
    return new CorruptFileError(this.#source, problem);
  }
}

/** The children of a value, each with its part of the tensor name, or undefined if it adds no part. */
function* children(value: PickleValue): Generator<[string | undefined, PickleValue]> {
  if (value instanceof Map)
    for (const [key, child] of value) {
      const name = nameOf(key);
      if (name !== undefined) yield [name, child];
    }
  else if (Array.isArray(value)) yield* numbered(value);
  else if (value instanceof PickleTuple) yield* numbered(value.items);
  else if (value instanceof PickleObject) {
    yield* numbered(value.args);
    if (value.items) yield* numbered(value.items);
    if (value.entries) yield* children(value.entries);
    const states = value.state instanceof PickleTuple ? value.state.items : [value.state]; // (dict, slots)
    for (const state of states)
      if (state instanceof Map)
        for (const [part, child] of children(state))
          yield [part !== undefined && moduleFields.has(part) ? undefined : part, child];
  }
}

function* numbered(items: readonly PickleValue[]): Generator<[string, PickleValue]> {
  for (const [i, item] of items.entries()) yield [String(i), item];
}
