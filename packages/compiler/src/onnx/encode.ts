import { arrayOf, type Data, type DType, type Graph, type Node, type Type, type Value } from "../graph.ts";
import type { Op } from "../spec.ts";
import { toFloat16 } from "./float16.ts";
import { type Lowering, type Lowerings, lowerings } from "./lowerings.ts";
import { type Attribute, bytesOf, elementType, externalTensor, model, node, tensor, valueInfo } from "./model.ts";
import type { Message } from "./wire.ts";

export interface Encoded {
  /** The ONNX model, without the values of its larger constants. */
  readonly bytes: Uint8Array;
  /** Those values: views of the constants themselves. */
  readonly external: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** Constants that are inputs of the model, to be given in every run: views of the constants themselves, too. */
  readonly fed: readonly FedConstant[];
  /** Names in the model, by names in the graph. An input that nothing reads is not in the model. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** How many ONNX nodes of each op. */
  readonly ops: Readonly<Record<string, number>>;
}

export interface FedConstant {
  readonly name: string;
  readonly dtype: DType | "float16";
  readonly shape: readonly number[];
  readonly data: Data | Uint16Array;
}

export interface EncodeOptions {
  /** In place of the usual ones, for a provider that has no kernels for those. */
  readonly lowerings?: Partial<Lowerings>;
  /** How the larger float32 constants of two axes or more are kept: as they are, or rounded, and widened where they are used. */
  readonly matrices?: "float32" | "float16";
  /** Constants of more bytes than this become inputs of the model; none where it is left out. */
  readonly feedAbove?: number;
}

/** Encodes a graph as an ONNX model. */
export function encode(graph: Graph, name = "graph", options: EncodeOptions = {}): Encoded {
  const encoder = new Encoder(graph, options);
  for (const n of graph.nodes) encoder.node(n);
  return encoder.finish(name);
}

/** Constants of more bytes than this are kept outside of the model. */
const EXTERNAL = 1024;

/** Names every value of a graph and collects the messages of its model. */
export class Encoder {
  readonly #names = new Map<Value, string>();
  /** The float16 constants that stand for values. */
  readonly #narrow = new Map<Value, string>();
  readonly #int64 = new Map<string, string>();
  readonly #ones = new Map<string, string>();
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #external: { path: string; data: Uint8Array }[] = [];
  readonly #fed: FedConstant[] = [];
  readonly #inputs = new Map<string, Value>();
  readonly #ops: Record<string, number> = {};
  readonly #outputs: ReadonlyMap<string, Value>;
  readonly #lowerings: Lowerings;
  readonly #matrices: "float32" | "float16";
  readonly #feedAbove: number;
  #count = 0;

  constructor(graph: Graph, options: EncodeOptions = {}) {
    this.#lowerings = { ...lowerings, ...options.lowerings };
    this.#matrices = options.matrices ?? "float32";
    this.#feedAbove = options.feedAbove ?? Number.POSITIVE_INFINITY;
    this.#outputs = graph.outputs;
    // What a node makes for one output alone is made under that output's name.
    for (const [key, value] of graph.outputs) {
      if (value.source.kind === "output" && !this.#names.has(value)) this.#names.set(value, outputName(key));
    }
  }

  node(n: Node): void {
    (this.#lowerings[n.op] as Lowering<Op>)(this, n as never);
  }

  /** The name of a value, to be asked for once a use; a constant or an input enters the model when it is first named. */
  name(value: Value): string {
    const narrow = this.#narrow.get(value);
    if (narrow !== undefined) return this.#widened(narrow);
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { source } = value;
    if (source.kind === "constant" && this.#isNarrowed(source.data, value)) {
      this.#narrow.set(value, this.#external16(source.data, value.shape));
      return this.name(value);
    }
    const made =
      source.kind === "input"
        ? `in:${source.name}`
        : source.kind === "constant"
          ? this.constant(source.data, value)
          : `${source.node.name}:${source.index}`;
    if (source.kind === "input") this.#inputs.set(source.name, value);
    this.#names.set(value, made);
    return made;
  }

  constant(data: Data, { dtype, shape }: Type): string {
    const name = this.fresh("constant");
    if (data.byteLength <= EXTERNAL) this.#initializers.push(tensor(name, dtype, shape, data));
    else this.#large({ name, dtype, shape, data });
    return name;
  }

  #large(constant: FedConstant): void {
    const { name, dtype, shape, data } = constant;
    if (data.byteLength > this.#feedAbove) {
      this.#fed.push(constant);
    } else {
      this.#initializers.push(externalTensor(name, dtype, shape, name, data.byteLength));
      this.#external.push({ path: name, data: bytesOf(data) });
    }
  }

  #isNarrowed(data: Data, { shape }: Type): data is Float32Array {
    const large = data instanceof Float32Array && data.byteLength > EXTERNAL;
    return this.#matrices === "float16" && large && shape.length >= 2;
  }

  #external16(data: Float32Array, shape: readonly number[]): string {
    const name = this.fresh("float16");
    this.#large({ name, dtype: "float16", shape, data: toFloat16(data) });
    return name;
  }

  /** Widened for one use: between two uses only the narrow constant takes memory. */
  #widened(narrow: string): string {
    const name = this.fresh("float32");
    this.add(name, "Cast", [narrow], [name], { to: elementType.float32 });
    return name;
  }

  /** A row of ones, [1, count]. */
  ones(count: number, dtype: DType): string {
    const key = `${count} ${dtype}`;
    const known = this.#ones.get(key);
    if (known !== undefined) return known;
    const name = this.fresh("ones");
    this.#initializers.push(tensor(name, dtype, [1, count], arrayOf(dtype).from(new Float64Array(count).fill(1))));
    this.#ones.set(key, name);
    return name;
  }

  /** A constant operand of an op that wants shapes, axes or pads as int64. */
  int64(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const key = `${values}|${shape}`;
    const known = this.#int64.get(key);
    if (known !== undefined) return known;
    const name = this.fresh("int64");
    this.#initializers.push(tensor(name, "int64", shape, BigInt64Array.from(values, BigInt)));
    this.#int64.set(key, name);
    return name;
  }

  /** Adds an ONNX node. */
  add(
    from: string,
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): void {
    this.#nodes.push(node(from, op, inputs, outputs, attributes, domain));
    this.#ops[op] = (this.#ops[op] ?? 0) + 1;
  }

  fresh(prefix: string): string {
    return `${prefix}#${this.#count++}`;
  }

  finish(name: string): Encoded {
    const outputs = new Map([...this.#outputs.keys()].map((key) => [key, outputName(key)]));
    for (const [key, value] of this.#outputs) {
      // Two outputs may be one value, and an output may be an input or a constant: then it is copied.
      const made = outputName(key);
      if (this.name(value) !== made) this.add(made, "Identity", [this.name(value)], [made]);
    }
    const inputs = new Map([...this.#inputs].map(([key, value]) => [key, this.name(value)]));
    const bytes = model({
      name,
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: [
        ...[...this.#inputs.values()].map((v) => valueInfo(this.name(v), v.dtype, v.shape)),
        ...this.#fed.map(({ name, dtype, shape }) => valueInfo(name, dtype, shape)),
      ],
      outputs: [...this.#outputs].map(([key, v]) => valueInfo(outputName(key), v.dtype, v.shape)),
    });
    return { bytes, external: this.#external, fed: this.#fed, inputs, outputs, ops: this.#ops };
  }
}

const outputName = (key: string) => `out:${key}`;
