// The protocol buffer messages of an ONNX model that a graph of tensors needs. Field numbers are those of
// https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto

import type { Data, DType } from "../graph/types.ts";
import { Message } from "./wire.ts";

/** TensorProto.DataType */
export const elementType = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 } as const;

export type Attribute = number | { float: number } | string | readonly number[];

/** A tensor whose values are inside the message. */
export function tensor(
  name: string,
  dtype: DType | "int64",
  shape: readonly number[],
  data: Data | BigInt64Array,
): Message {
  // raw_data is little-endian, like the typed arrays of every machine that Node supports.
  return header(name, dtype, shape).bytes(9, bytesOf(data));
}

/** A tensor whose values are the first `length` bytes of the file `path`. */
export function externalTensor(
  name: string,
  dtype: DType | "float16",
  shape: readonly number[],
  path: string,
  length: number,
): Message {
  const entry = (key: string, value: string) => new Message().string(1, key).string(2, value);
  return header(name, dtype, shape)
    .message(13, entry("location", path))
    .message(13, entry("offset", "0"))
    .message(13, entry("length", String(length)))
    .int(14, 1); // data_location = EXTERNAL
}

export function valueInfo(name: string, dtype: DType | "float16", shape: readonly number[]): Message {
  const dims = new Message();
  for (const d of shape) dims.message(1, new Message().int(1, d));
  const tensorType = new Message().int(1, elementType[dtype]).message(2, dims);
  return new Message().string(1, name).message(2, new Message().message(1, tensorType));
}

export function node(
  name: string,
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
  domain: string,
): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  for (const output of outputs) message.string(2, output);
  message.string(3, name).string(4, op);
  for (const [key, value] of Object.entries(attributes)) message.message(5, attribute(key, value));
  return domain ? message.string(7, domain) : message;
}

export interface ModelParts {
  readonly name: string;
  readonly nodes: readonly Message[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

export function model({ name, nodes, initializers, inputs, outputs }: ModelParts): Uint8Array {
  const graph = new Message();
  for (const n of nodes) graph.message(1, n);
  graph.string(2, name);
  for (const i of initializers) graph.message(5, i);
  for (const i of inputs) graph.message(11, i);
  for (const o of outputs) graph.message(12, o);
  const opset = (domain: string, version: number) => new Message().string(1, domain).int(2, version);
  return new Message()
    .int(1, IR_VERSION)
    .string(2, "dit-bench")
    .message(7, graph)
    .message(8, opset("", OPSET))
    .message(8, opset("com.microsoft", 1))
    .finish();
}

const IR_VERSION = 9;
const OPSET = 20;

function header(name: string, dtype: DType | "int64" | "float16", shape: readonly number[]): Message {
  const message = new Message();
  for (const d of shape) message.int(1, d);
  return message.int(2, elementType[dtype]).string(8, name);
}

function attribute(name: string, value: Attribute): Message {
  const message = new Message().string(1, name);
  if (typeof value === "string") return message.bytes(4, new TextEncoder().encode(value)).int(20, 3);
  if (typeof value === "number") return message.int(3, value).int(20, 2);
  if ("float" in value) return message.float(2, value.float).int(20, 1);
  for (const item of value) message.int(8, item);
  return message.int(20, 7);
}

export const bytesOf = (data: Data | BigInt64Array | Uint16Array) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
