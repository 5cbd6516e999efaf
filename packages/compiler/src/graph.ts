import { type Attrs, type AttrsOf, infer, type Op } from "./spec.ts";

/** Element types. float64 is for gradient checks: a trace is in float32, and a pass turns the whole graph over. */
export type DType = "float32" | "float64" | "int32" | "bool";
export type Data = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface Type {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** What flows along an edge. Values are compared by identity. */
export interface Value extends Type {
  readonly source: Input | Constant | Output;
}
export interface Input {
  readonly kind: "input";
  readonly name: string;
}
export interface Constant {
  readonly kind: "constant";
  /** Shared, not copied, and never written to. */
  readonly data: Data;
}
export interface Output {
  readonly kind: "output";
  readonly node: Node;
  readonly index: number;
}

/** One operation, `attrs` as its spec in spec.ts says. */
export type Node = { [O in Op]: NodeOf<O> }[Op];
export interface NodeOf<O extends Op> {
  readonly op: O;
  /** Unique in its graph, for messages and profiles: `MatMul_12`. */
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly attrs: AttrsOf<O>;
  readonly outputs: readonly Value[];
}

/** A straight-line program: nodes in an order in which each stands after those it reads. Immutable. */
export interface Graph {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly nodes: readonly Node[];
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Builds a graph node by node; each is checked against its op's spec when it is added. */
export class GraphBuilder {
  readonly #inputs = new Map<string, Value>();
  readonly #nodes: Node[] = [];
  readonly #smallConstants = new Map<string, Value>();
  readonly #largeConstants = new Map<Data, Value[]>();

  input(name: string, type: Type): Value {
    if (this.#inputs.has(name)) throw new Error(`graph: input "${name}" exists already`);
    const value: Value = { shape: [...type.shape], dtype: type.dtype, source: { kind: "input", name } };
    this.#inputs.set(name, value);
    return value;
  }

  /** A constant; one value stands for all small ones of equal content, and for all large ones over the same array. */
  constant(data: Data, type: Type): Value {
    checkData(data, type);
    const make = (): Value => ({ shape: [...type.shape], dtype: type.dtype, source: { kind: "constant", data } });
    if (data.length <= SMALL) {
      const key = `${type.dtype}[${type.shape}]${Array.from(data, (x) => (Object.is(x, -0) ? "-0" : x))}`;
      const known = this.#smallConstants.get(key) ?? make();
      this.#smallConstants.set(key, known);
      return known;
    }
    const over = this.#largeConstants.get(data) ?? [];
    const known = over.find((v) => v.dtype === type.dtype && equalShapes(v.shape, type.shape)) ?? make();
    if (!over.includes(known)) this.#largeConstants.set(data, [...over, known]);
    return known;
  }

  /** A scalar constant. */
  scalar(value: number, dtype: DType = "float32"): Value {
    return this.constant(arrayOf(dtype).from([value]), { shape: [], dtype });
  }

  /** Adds a node and returns its outputs. Throws, naming node and op, when inputs or attributes break the op's spec. */
  addAll<O extends Op>(op: O, inputs: readonly Value[], attrs: AttrsOf<O>): readonly Value[] {
    const name = `${op}_${this.#nodes.length}`;
    const types = infer(op, name, inputs, attrs);
    const node = { op, name, inputs, attrs } as unknown as Node;
    const outputs = types.map(
      ({ shape, dtype }, index): Value => ({ shape, dtype, source: { kind: "output", node, index } }),
    );
    (node as { outputs: readonly Value[] }).outputs = outputs;
    this.#nodes.push(node);
    return outputs;
  }

  /** Adds a node of one output. */
  add<O extends Op>(op: O, inputs: readonly Value[], ...attrs: Attrs<O>): Value {
    return this.addAll(op, inputs, (attrs[0] ?? {}) as AttrsOf<O>)[0]!;
  }

  finish(outputs: ReadonlyMap<string, Value>): Graph {
    return { inputs: this.#inputs, nodes: this.#nodes, outputs };
  }
}

/** Constants up to this many elements are compared by content. */
const SMALL = 64;

/** The node that made this value, if it is one of the op asked for. */
export function producer<O extends Op>(value: Value, op: O): NodeOf<O> | undefined {
  if (value.source.kind !== "output" || value.source.node.op !== op) return undefined;
  return value.source.node as NodeOf<O>;
}

/** The data of a constant, or undefined. */
export function constantData(value: Value): Data | undefined {
  return value.source.kind === "constant" ? value.source.data : undefined;
}

/** The number a constant holds in every place, or undefined: a scalar, or [1, 1], or sixteen equal values. */
export function uniformValue(value: Value): number | undefined {
  const data = constantData(value);
  if (!data || data.length === 0 || data.length > SMALL) return undefined;
  const first = data[0]!;
  return data.every((x) => Object.is(x, first)) ? first : undefined;
}

export const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export const equalShapes = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((d, i) => d === b[i]);

export const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

export const arrayOf = (dtype: DType) => arrays[dtype];

/** `an Int32Array`, `a Float32Array`, `a Uint8Array`. */
export const withArticle = (type: string): string => `${/^[AEIO]/i.test(type) ? "an" : "a"} ${type}`;

function checkData(data: Data, type: Type): void {
  if (!(data instanceof arrayOf(type.dtype))) {
    throw new Error(
      `graph: constant of dtype ${type.dtype} holds ${withArticle(data.constructor.name)}, wanted ${arrayOf(type.dtype).name}`,
    );
  }
  if (data.length !== sizeOf(type.shape)) {
    throw new Error(
      `graph: constant of shape [${type.shape}] holds ${data.length} values, wanted ${sizeOf(type.shape)}`,
    );
  }
}
