// Checks of nodes as they are added, and which constants share a value.

import { describe, expect, test } from "vitest";
import { GraphBuilder, producer, uniformValue } from "./graph.ts";
import type { AttrsOf, Op } from "./ops.ts";
import type { DType, Type } from "./types.ts";

const f32 = (...shape: number[]): Type => ({ shape, dtype: "float32" });
const typed = (dtype: DType, ...shape: number[]): Type => ({ shape, dtype });

/** Adds one node of inputs of these types. */
function add<O extends Op>(op: O, types: readonly Type[], attrs = {} as AttrsOf<O>) {
  const g = new GraphBuilder();
  return g.addAll(
    op,
    types.map((t, i) => g.input(`x${i}`, t)),
    attrs,
  );
}

describe("GraphBuilder.addAll", () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ["a missing operand", () => add("Add", [f32(2)]), /node Add_0: Add of \(float32\[2\]\).*wanted 2 inputs/],
    ["shapes that do not broadcast", () => add("Mul", [f32(2, 3), f32(2)]), /\[2,3\] and \[2\] do not broadcast/],
    ["dtypes that differ", () => add("Add", [f32(2), typed("int32", 2)]), /one dtype/],
    [
      "a dtype that the op does not take",
      () => add("Div", [typed("int32"), typed("int32")]),
      /one dtype of float32,float64/,
    ],
    [
      "inner widths that differ",
      () => add("MatMul", [f32(2, 3), f32(2, 3)], { transA: false, transB: false, alpha: 1 }),
      /inner widths 3 and 2/,
    ],
    [
      "a vector as an operand of MatMul",
      () => add("MatMul", [f32(3), f32(3, 2)], { transA: false, transB: false, alpha: 1 }),
      /at least two axes/,
    ],
    [
      "a reshape to another number of elements",
      () => add("Reshape", [f32(2, 3)], { shape: [5] }),
      /shape of 6 elements/,
    ],
    [
      "an Expand to a shape that the input does not broadcast to",
      () => add("Expand", [f32(2, 3)], { shape: [2, 4] }),
      /do not broadcast/,
    ],
    ["a perm that repeats an axis", () => add("Transpose", [f32(2, 3)], { perm: [0, 0] }), /each axis once/],
    [
      "a slice past the end",
      () => add("Slice", [f32(4)], { starts: [2], sizes: [3], steps: [1] }),
      /axis 0 leaves the input/,
    ],
    [
      "split sizes whose sum is not the side",
      () => add("Split", [f32(4)], { axis: 0, sizes: [1, 2] }),
      /sizes that sum to 4/,
    ],
    [
      "an axis that the input does not have",
      () => add("ReduceSum", [f32(4)], { axes: [1], keepDims: false }),
      /axes of \[0, 1\)/,
    ],
    ["an axis given twice", () => add("ReduceSum", [f32(4)], { axes: [0, 0], keepDims: false }), /axes of/],
    [
      "parts that differ in more than the axis of concatenation",
      () => add("Concat", [f32(2, 3), f32(3, 3)], { axis: 1 }),
      /differ in axis 1 only/,
    ],
    ["indices that are not int32", () => add("Gather", [f32(2), f32(2)], { axis: 0 }), /int32 indices/],
    ["a condition that is not bool", () => add("Where", [f32(2), f32(2), f32(2)]), /bool condition/],
    [
      "a filter for another number of channels",
      () =>
        add("Conv", [f32(1, 3, 8, 8), f32(4, 2, 3, 3)], {
          strides: [1, 1],
          pads: [0, 0, 0, 0],
          dilations: [1, 1],
          group: 1,
        }),
      /does not fit 3 channels/,
    ],
    [
      "a layer norm bias of another width",
      () => add("LayerNorm", [f32(2, 4), f32(4), f32(3)], { epsilon: 1e-6 }),
      /do not broadcast/,
    ],
    ["a Clip whose min is above its max", () => add("Clip", [f32(2)], { min: 1, max: 0 }), /min <= max/],
  ];
  for (const [what, make, message] of wrong) test(`refuses ${what}`, () => expect(make).toThrow(message));

  test("gives outputs the types that the op's rule infers", () => {
    expect(add("MatMul", [f32(2, 1, 4, 3), f32(5, 7, 4)], { transA: true, transB: true, alpha: 1 })[0]).toMatchObject(
      f32(2, 5, 3, 7),
    );
    expect(add("Less", [f32(2, 1), f32(3)])[0]).toMatchObject(typed("bool", 2, 3));
    expect(add("LayerNorm", [f32(2, 4), f32(4), f32(4)], { epsilon: 1e-6 }).map((v) => v.shape)).toEqual([
      [2, 4],
      [2, 1],
    ]);
    expect(add("ArgMax", [f32(2, 4)], { axis: 0 })[0]).toMatchObject(typed("int32", 4));
    expect(add("Slice", [f32(5)], { starts: [4], sizes: [3], steps: [-2] })[0]).toMatchObject(f32(3));
  });
});

describe("GraphBuilder.constant", () => {
  test("gives equal small constants one value, but not -0 and 0, nor different types", () => {
    const g = new GraphBuilder();
    expect(g.scalar(2)).toBe(g.scalar(2));
    expect(g.scalar(0)).not.toBe(g.scalar(-0));
    expect(g.scalar(1)).not.toBe(g.scalar(1, "int32"));
    const large = new Float32Array(100);
    expect(g.constant(large, f32(100))).toBe(g.constant(large, f32(100)));
    expect(g.constant(large, f32(100))).not.toBe(g.constant(large, f32(10, 10)));
    expect(g.constant(large, f32(100))).not.toBe(g.constant(large.slice(), f32(100)));
  });

  test("refuses data that do not fill the shape, or of another array type", () => {
    const g = new GraphBuilder();
    expect(() => g.constant(new Float32Array(3), f32(2))).toThrow(/holds 3 values, wanted 2/);
    expect(() => g.constant(new Int32Array(2), f32(2))).toThrow(/holds an Int32Array, wanted Float32Array/);
  });

  test("makes constants whose uniform value is known", () => {
    const g = new GraphBuilder();
    expect(uniformValue(g.constant(Float32Array.of(2, 2), f32(2)))).toBe(2);
    expect(uniformValue(g.constant(Float32Array.of(2, 3), f32(2)))).toBeUndefined();
    expect(uniformValue(g.input("x", f32()))).toBeUndefined();
  });
});

test("producer finds the node of a value by its op, and a second input of the same name is refused", () => {
  const g = new GraphBuilder();
  const x = g.input("x", f32(2));
  const y = g.add("Neg", [x]);
  expect(producer(y, "Neg")?.inputs).toEqual([x]);
  expect(producer(y, "Abs")).toBeUndefined();
  expect(producer(x, "Neg")).toBeUndefined();
  expect(() => g.input("x", f32(2))).toThrow(/"x" exists already/);
});
