// The protocol buffers of ONNX models, decoded field by field.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { GraphBuilder } from "../graph/graph.ts";
import { encode } from "./encode.ts";
import { Message } from "./wire.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const hex = (m: Message) => Buffer.from(m.finish()).toString("hex");

describe("Message", () => {
  // Worked examples of https://protobuf.dev/programming-guides/encoding
  test("encodes the examples of the protocol buffers documentation", () => {
    expect(hex(new Message().int(1, 150))).toBe("089601");
    expect(hex(new Message().string(2, "testing"))).toBe("120774657374696e67");
    expect(hex(new Message().message(3, new Message().int(1, 150)))).toBe("1a03089601");
    expect(hex(new Message().int(1, -2))).toBe("08feffffffffffffffff01");
    expect(hex(new Message().float(2, 1))).toBe("150000803f");
    expect(hex(new Message().int(20, 2n ** 40n))).toBe("a001808080808020");
  });
});

/** The fields of a message, undecoded, in their order. */
function fields(bytes: Uint8Array): { field: number; value: bigint | Uint8Array }[] {
  const found: { field: number; value: bigint | Uint8Array }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const length = tag % 8 === 0 ? undefined : tag % 8 === 5 ? 4 : Number(varint());
    found.push({ field: tag >> 3, value: length === undefined ? varint() : bytes.subarray(at, at + length) });
    at += length ?? 0;
  }
  return found;
}
const fieldsNumbered = (bytes: Uint8Array, field: number) =>
  fields(bytes)
    .filter((f) => f.field === field)
    .map((f) => f.value as Uint8Array);
const strings = (bytes: Uint8Array, field: number) =>
  fieldsNumbered(bytes, field).map((b) => Buffer.from(b).toString());

describe("encode", () => {
  const weights = Float32Array.from({ length: 600 }, (_, i) => i);
  const encoded = (() => {
    const g = new GraphBuilder();
    const x = g.input("x", { shape: [2, 20], dtype: "float32" });
    g.input("unused", { shape: [1], dtype: "bool" });
    const y = g.add("MatMul", [x, g.constant(weights, { shape: [30, 20], dtype: "float32" })], {
      transA: false,
      transB: true,
      alpha: 1,
    });
    const z = g.add("Reshape", [g.add("Add", [y, g.scalar(0.5)])], { shape: [60] });
    return encode(
      g.finish(
        new Map([
          ["z", z],
          ["x", x],
          ["again", z],
        ]),
      ),
      "my function",
    );
  })();
  const graph = fieldsNumbered(encoded.bytes, 7)[0]!;

  test("writes nodes in order, with ops, names, domains and edges", () => {
    const nodes = fieldsNumbered(graph, 1);
    expect(nodes.flatMap((n) => strings(n, 4))).toEqual(["FusedMatMul", "Add", "Reshape", "Identity", "Identity"]);
    expect(strings(nodes[0]!, 7)).toEqual(["com.microsoft"]);
    expect(strings(nodes[0]!, 3)).toEqual(["MatMul_0"]);
    expect(strings(nodes[2]!, 2)).toEqual(["out:z"]);
    expect(strings(nodes[1]!, 1)[0]).toBe(strings(nodes[0]!, 2)[0]);
    expect(encoded.ops).toEqual({ FusedMatMul: 1, Add: 1, Reshape: 1, Identity: 2 });
  });

  test("writes large constants as external data, without copies, and small ones inside", () => {
    expect(encoded.external).toHaveLength(1);
    expect(encoded.external[0]!.data.buffer).toBe(weights.buffer);
    const initializers = fieldsNumbered(graph, 5);
    const outside = initializers.find((t) => strings(t, 8)[0] === encoded.external[0]!.path)!;
    expect(fieldsNumbered(outside, 9)).toEqual([]);
    expect(fieldsNumbered(outside, 13).map((e) => [strings(e, 1)[0], strings(e, 2)[0]])).toEqual([
      ["location", encoded.external[0]!.path],
      ["offset", "0"],
      ["length", "2400"],
    ]);
    expect(initializers.flatMap((t) => fieldsNumbered(t, 9)).map((raw) => raw.length)).toContain(4);
  });

  test("declares used inputs and all outputs under names of the model", () => {
    expect(fieldsNumbered(graph, 11).map((i) => strings(i, 1)[0])).toEqual(["in:x"]);
    expect(fieldsNumbered(graph, 12).map((o) => strings(o, 1)[0])).toEqual(["out:z", "out:x", "out:again"]);
    expect(Object.fromEntries(encoded.inputs)).toEqual({ x: "in:x" });
    expect(Object.fromEntries(encoded.outputs)).toEqual({ z: "out:z", x: "out:x", again: "out:again" });
    expect(strings(graph, 2)).toEqual(["my function"]);
  });

  test("refuses a node that the pass expand has to replace first", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { shape: [2], dtype: "float32" });
    expect(() => encode(g.finish(new Map([["y", g.add("GeluGrad", [x, x, x])]])))).toThrow(
      /GeluGrad_0: GeluGrad must be expanded/,
    );
  });
});
