// Encodes a graph as an ONNX model: names, constants, and the nodes that the lowerings write.

import type { Graph, Node, Value } from "../graph/graph.ts";
import type { Op } from "../graph/ops.ts";
import { arrayOf, type Data, type DType, type Type } from "../graph/types.ts";
import { toFloat16 } from "./float16.ts";
import type { Lowering, Lowerings, ModelWriter } from "./lowering.ts";
import { lowerings } from "./lowerings.ts";
import { type Attribute, bytesOf, elementType, externalTensor, model, node, tensor, valueInfo } from "./model.ts";
import type { Message } from "./wire.ts";

export interface Encoded {
  /** The ONNX model, without the values of its larger constants. */
  readonly bytes: Uint8Array;
  /** The values of those constants: views, not copies. */
  readonly external: readonly ExternalConstant[];
  /** Constants that are inputs of the model, which every run has to pass: views, not copies. */
  readonly fed: readonly FedConstant[];
  /** Names in the model, by names in the graph. An input that no node reads is not in the model. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** Number of ONNX nodes of each op. */
  readonly ops: Readonly<Record<string, number>>;
}

export interface ExternalConstant {
  readonly path: string;
  readonly dtype: DType | "float16";
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface FedConstant {
  readonly name: string;
  readonly dtype: DType | "float16";
  readonly shape: readonly number[];
  readonly data: Data | Uint16Array;
}

export interface EncodeOptions {
  /** Replacements for lowerings, for a provider that lacks the kernels of the usual ones. */
  readonly lowerings?: Partial<Lowerings>;
  /**
   * Storage of float32 constants above 1 KiB with at least two axes. float16 rounds them, and casts them back at each
   * use.
   */
  readonly matrices?: "float32" | "float16";
  /** Constants of more bytes than this become inputs of the model; the default is that none does. */
  readonly feedAbove?: number;
}

/** Encodes a graph as an ONNX model. */
export function encode(graph: Graph, name = "graph", options: EncodeOptions = {}): Encoded {
  const encoder = new Encoder(graph, options);
  for (const n of graph.nodes) encoder.node(n);
  return encoder.finish(name);
}

/** Constants of more bytes than this are stored as external data, outside of the model. */
const EXTERNAL_BYTES = 1024;

/** Names every value of a graph and collects the messages of its model. */
class Encoder implements ModelWriter {
  readonly #names = new Map<Value, string>();
  /** Names of the float16 constants that replace values. */
  readonly #float16 = new Map<Value, string>();
  readonly #int64 = new Map<string, string>();
  readonly #ones = new Map<string, string>();
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #external: ExternalConstant[] = [];
  readonly #fed: FedConstant[] = [];
  readonly #inputs = new Map<string, Value>();
  readonly #ops: Record<string, number> = {};
  readonly #outputs: ReadonlyMap<string, Value>;
  readonly #lowerings: Lowerings;
  readonly #matrices: "float32" | "float16";
  readonly #feedAbove: number;
  #count = 0;

  constructor(graph: Graph, options: EncodeOptions) {
    this.#lowerings = { ...lowerings, ...options.lowerings };
    this.#matrices = options.matrices ?? "float32";
    this.#feedAbove = options.feedAbove ?? Number.POSITIVE_INFINITY;
    this.#outputs = graph.outputs;
    // A value that is an output of the graph is named after it, which saves a copy.
    for (const [key, value] of graph.outputs) {
      if (value.source.kind === "output" && !this.#names.has(value)) this.#names.set(value, outputName(key));
    }
  }

  node(n: Node): void {
    (this.#lowerings[n.op] as Lowering<Op>)(this, n as never);
  }

  /** A constant or input enters the model when it is first named. */
  name(value: Value): string {
    const narrow = this.#float16.get(value);
    if (narrow !== undefined) return this.#castToFloat32(narrow);
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { source } = value;
    if (source.kind === "constant" && this.#isStoredAsFloat16(source.data, value)) {
      this.#float16.set(value, this.#addFloat16(source.data, value.shape));
      return this.name(value);
    }
    const newName =
      source.kind === "input"
        ? `in:${source.name}`
        : source.kind === "constant"
          ? this.constant(source.data, value)
          : `${source.node.name}:${source.index}`;
    if (source.kind === "input") this.#inputs.set(source.name, value);
    this.#names.set(value, newName);
    return newName;
  }

  isEmbedded({ source, shape }: Value): boolean {
    if (source.kind !== "constant") return false;
    const bytes = source.data.byteLength / (this.#isStoredAsFloat16(source.data, { shape }) ? 2 : 1);
    return bytes <= this.#feedAbove;
  }

  constant(data: Data, { dtype, shape }: Type): string {
    const name = this.fresh("constant");
    if (data.byteLength <= EXTERNAL_BYTES) this.#initializers.push(tensor(name, dtype, shape, data));
    else this.#addLarge({ name, dtype, shape, data });
    return name;
  }

  #addLarge(constant: FedConstant): void {
    const { name, dtype, shape, data } = constant;
    if (data.byteLength > this.#feedAbove) {
      this.#fed.push(constant);
    } else {
      this.#initializers.push(externalTensor(name, dtype, shape, name, data.byteLength));
      this.#external.push({ path: name, dtype, shape, data: bytesOf(data) });
    }
  }

  #isStoredAsFloat16(data: Data, { shape }: Pick<Type, "shape">): data is Float32Array {
    const large = data instanceof Float32Array && data.byteLength > EXTERNAL_BYTES;
    return this.#matrices === "float16" && large && shape.length >= 2;
  }

  #addFloat16(data: Float32Array, shape: readonly number[]): string {
    const name = this.fresh("float16");
    this.#addLarge({ name, dtype: "float16", shape, data: toFloat16(data) });
    return name;
  }

  /** A cast for one use: between uses only the float16 constant takes memory. */
  #castToFloat32(narrow: string): string {
    const name = this.fresh("float32");
    this.add(name, "Cast", [narrow], [name], { to: elementType.float32 });
    return name;
  }

  ones(count: number, dtype: DType): string {
    const key = `${count} ${dtype}`;
    const known = this.#ones.get(key);
    if (known !== undefined) return known;
    const name = this.fresh("ones");
    this.#initializers.push(tensor(name, dtype, [1, count], arrayOf(dtype).from(new Float64Array(count).fill(1))));
    this.#ones.set(key, name);
    return name;
  }

  int64(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const key = `${values}|${shape}`;
    const known = this.#int64.get(key);
    if (known !== undefined) return known;
    const name = this.fresh("int64");
    this.#initializers.push(tensor(name, "int64", shape, BigInt64Array.from(values, BigInt)));
    this.#int64.set(key, name);
    return name;
  }

  add(
    nodeName: string,
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): void {
    this.#nodes.push(node(nodeName, op, inputs, outputs, attributes, domain));
    this.#ops[op] = (this.#ops[op] ?? 0) + 1;
  }

  fresh(prefix: string): string {
    return `${prefix}#${this.#count++}`;
  }

  finish(name: string): Encoded {
    const outputs = new Map([...this.#outputs.keys()].map((key) => [key, outputName(key)]));
    for (const [key, value] of this.#outputs) {
      // Two outputs may be one value, and an output may be an input or a constant: these need a copy.
      const copy = outputName(key);
      if (this.name(value) !== copy) this.add(copy, "Identity", [this.name(value)], [copy]);
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
