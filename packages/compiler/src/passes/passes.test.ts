// Tests of the passes: the nodes that they remove, expand or convert, and those that they leave unchanged.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import type { TensorFunction } from "../contract/signature.ts";
import type { Graph } from "../graph/graph.ts";
import { GraphBuilder } from "../graph/graph.ts";
import { trace } from "../trace/trace.ts";
import { expand, optimize, removeDeadCode, simplify, toFloat64 } from "./index.ts";
import { rewrite } from "./rewrite.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const ops = (graph: Graph) => graph.nodes.map((n) => n.op);
const x = { shape: [2, 3] };
const simplified = (f: TensorFunction, signature = { x }) => ops(removeDeadCode(simplify(trace(f, signature))));

describe("removeDeadCode", () => {
  test("removes unused nodes and those that only they read; inputs stay", () => {
    const graph = trace(
      ({ x, unused }) => {
        tf.exp(tf.neg(unused!));
        return { y: tf.abs(x!) };
      },
      { x, unused: x },
    );
    expect(ops(graph)).toEqual(["Neg", "Exp", "Abs"]);
    expect(ops(removeDeadCode(graph))).toEqual(["Abs"]);
    expect([...removeDeadCode(graph).inputs.keys()]).toEqual(["x", "unused"]);
  });
});

describe("simplify", () => {
  const cases: [string, TensorFunction, string[]][] = [
    ["multiplications and divisions by one", ({ x }) => ({ y: tf.mul(tf.ones([2, 3]), tf.div(tf.mul(x!, 1), 1)) }), []],
    [
      "a multiplication by ones of a larger shape, which becomes a broadcast",
      ({ x }) => ({ y: tf.mul(x!, tf.ones([4, 2, 3])) }),
      ["Expand"],
    ],
    [
      "broadcasts before an op that itself broadcasts",
      ({ x }) => ({ y: tf.add(x!, tf.broadcastTo(tf.exp(tf.slice(x!, [0, 0], [1, 3])), [2, 3])) }),
      ["Slice", "Exp", "Add"],
    ],
    [
      "a broadcast before an elementwise op, which moves behind it",
      ({ x }) => ({ y: tf.exp(tf.fill([2, 3], 2)), z: x! }),
      ["Exp", "Expand"],
    ],
    [
      "tiles with one repeat, or of sides of one",
      ({ x }) => ({ y: tf.add(x!, tf.tile(tf.sum(x!, 0, true), [2, 1])) }),
      ["ReduceSum", "Add"],
    ],
    ["chains of reshapes", ({ x }) => ({ y: tf.reshape(tf.reshape(x!, [6]), [3, 2]) }), ["Reshape"]],
    ["reshapes that cancel", ({ x }) => ({ y: tf.neg(tf.reshape(tf.reshape(x!, [6]), [2, 3])) }), ["Neg"]],
    ["chains of transposes", ({ x }) => ({ y: tf.neg(tf.transpose(tf.transpose(x!))) }), ["Neg"]],
  ];
  for (const [what, f, left] of cases) test(`reduces ${what}`, () => expect(simplified(f)).toEqual(left));

  test("keeps ops that change values", () => {
    expect(simplified(({ x }) => ({ y: tf.mul(x!, 2), z: tf.add(x!, 0), t: tf.tile(x!, [2, 1]) }))).toEqual([
      "Mul",
      "Add",
      "Tile",
    ]);
  });

  test("leaves no tensor of ones in the gradient of a mean", () => {
    const f: TensorFunction = ({ x }) => ({ y: tf.grad((x: tf.Tensor) => tf.mean(tf.square(x)))(x!) });
    const graph = optimize(trace(f, { x }));
    expect(graph.nodes.every((n) => n.op === "Mul" || n.op === "Div")).toBe(true);
    expect(ops(graph)).not.toContain("Expand");
  });
});

describe("expand", () => {
  test("replaces GeluGrad by ops that the runtime has", () => {
    const g = new GraphBuilder();
    const [dy, v, y] = ["dy", "x", "y"].map((name) => g.input(name, { shape: [3], dtype: "float32" }));
    const dx = g.add("GeluGrad", [dy!, v!, y!]);
    const graph = expand(g.finish(new Map([["dx", dx]])));
    expect(ops(graph)).not.toContain("GeluGrad");
    expect(ops(graph).filter((op) => op === "Sigmoid")).toHaveLength(1);
  });
});

describe("toFloat64", () => {
  test("converts float32 inputs, constants and results, and keeps int32", () => {
    const graph = toFloat64(
      trace(({ x, i }) => ({ y: tf.mul(tf.add(x!, 0.5), tf.cast(i!, "float32")), n: tf.add(i!, i!) }), {
        x,
        i: { shape: [3], dtype: "int32" },
      }),
    );
    expect([...graph.inputs.values()].map((v) => v.dtype)).toEqual(["float64", "int32"]);
    expect(graph.outputs.get("y")!.dtype).toBe("float64");
    expect(graph.outputs.get("n")!.dtype).toBe("int32");
    expect(graph.nodes.find((n) => n.op === "Add")!.inputs[1]!.source).toMatchObject({ data: Float64Array.of(0.5) });
  });

  test("refuses Erf, which has no double kernel in the runtime", () => {
    expect(() => toFloat64(trace(({ x }) => ({ y: tf.erf(x!) }), { x }))).toThrow(/no Erf in double/);
  });
});

test("rewrite refuses a rule that changes a type", () => {
  const graph = trace(({ x }) => ({ y: tf.neg(x!) }), { x });
  expect(() => rewrite(graph, (_, g) => [g.scalar(1)])).toThrow(/Neg_0: float32\[\] cannot replace float32\[2,3\]/);
});

test("optimize does not modify its argument", () => {
  const graph = trace(({ x }) => ({ y: tf.mul(tf.ones([2, 3]), x!) }), { x });
  const before = ops(graph);
  optimize(graph);
  expect(ops(graph)).toEqual(before);
});
