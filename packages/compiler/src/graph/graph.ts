// The graph: a straight-line program of nodes, and the builder that checks each node as it is added.

import { inferTypes } from "./infer.ts";
import type { Attrs, AttrsOf, Op } from "./ops.ts";
import { arrayOf, type Data, type DType, equalTypes, sizeOf, type Type, withArticle } from "./types.ts";

/** A tensor of the graph: an input, a constant, or an output of a node. Values are compared by identity. */
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

/** One operation; ops.ts lists the attributes of each op. */
export type Node = { [O in Op]: NodeOf<O> }[Op];
export interface NodeOf<O extends Op> {
  readonly op: O;
  /** Unique in its graph, for messages and profiles: `MatMul_12`. */
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly attrs: AttrsOf<O>;
  readonly outputs: readonly Value[];
}

/** Nodes in topological order: each comes after the nodes whose outputs it reads. Immutable. */
export interface Graph {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly nodes: readonly Node[];
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Builds a graph node by node. Each node is checked against its op's rule in infer.ts when it is added. */
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

  /** A constant. Small constants of equal content become one value; large ones only if they have the same array. */
  constant(data: Data, type: Type): Value {
    checkData(data, type);
    const make = (): Value => ({ shape: [...type.shape], dtype: type.dtype, source: { kind: "constant", data } });
    if (data.length <= SMALL_ELEMENTS) {
      const key = `${type.dtype}[${type.shape}]${Array.from(data, (x) => (Object.is(x, -0) ? "-0" : x))}`;
      const known = this.#smallConstants.get(key) ?? make();
      this.#smallConstants.set(key, known);
      return known;
    }
    const sameArray = this.#largeConstants.get(data) ?? [];
    const known = sameArray.find((v) => equalTypes(v, type)) ?? make();
    if (!sameArray.includes(known)) this.#largeConstants.set(data, [...sameArray, known]);
    return known;
  }

  /** A scalar constant. */
  scalar(value: number, dtype: DType = "float32"): Value {
    return this.constant(arrayOf(dtype).from([value]), { shape: [], dtype });
  }

  /** Adds a node and returns its outputs. Throws, naming node and op, when inputs or attributes break the op's rule. */
  addAll<O extends Op>(op: O, inputs: readonly Value[], attrs: AttrsOf<O>): readonly Value[] {
    const name = `${op}_${this.#nodes.length}`;
    const types = inferTypes(op, name, inputs, attrs);
    const node = { op, name, inputs, attrs } as unknown as Node;
    const outputs = types.map(
      ({ shape, dtype }, index): Value => ({ shape, dtype, source: { kind: "output", node, index } }),
    );
    (node as { outputs: readonly Value[] }).outputs = outputs;
    this.#nodes.push(node);
    return outputs;
  }

  /** Adds a node that has one output, and returns it. */
  add<O extends Op>(op: O, inputs: readonly Value[], ...attrs: Attrs<O>): Value {
    return this.addAll(op, inputs, (attrs[0] ?? {}) as AttrsOf<O>)[0]!;
  }

  finish(outputs: ReadonlyMap<string, Value>): Graph {
    return { inputs: this.#inputs, nodes: this.#nodes, outputs };
  }
}

/** Constants up to this many elements are compared by content. */
const SMALL_ELEMENTS = 64;

/** The node whose output this value is, if its op is `op`. */
export function producer<O extends Op>(value: Value, op: O): NodeOf<O> | undefined {
  if (value.source.kind !== "output" || value.source.node.op !== op) return undefined;
  return value.source.node as NodeOf<O>;
}

/** The data of a constant; undefined for other values. */
export function constantData(value: Value): Data | undefined {
  return value.source.kind === "constant" ? value.source.data : undefined;
}

/** The number that every element of a constant equals; undefined for other values, and above 64 elements. */
export function uniformValue(value: Value): number | undefined {
  const data = constantData(value);
  if (!data || data.length === 0 || data.length > SMALL_ELEMENTS) return undefined;
  const first = data[0]!;
  return data.every((x) => Object.is(x, first)) ? first : undefined;
}

function checkData(data: Data, type: Type): void {
  if (!(data instanceof arrayOf(type.dtype))) {
    throw new Error(
      `graph: constant of dtype ${type.dtype} holds ${withArticle(data.constructor.name)}, ` +
        `wanted ${arrayOf(type.dtype).name}`,
    );
  }
  if (data.length !== sizeOf(type.shape)) {
    throw new Error(
      `graph: constant of shape [${type.shape}] holds ${data.length} values, wanted ${sizeOf(type.shape)}`,
    );
  }
}
