// Conformance of GLoRA, and its formula against loops, for each form of the support tensors.

import { checks, parametersOn } from "@dit-bench/conformance";
import { type Model, type Module, parseOptions, tf } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import glora from "./index.ts";

describe.each([
  {},
  { rank: 2, a: "vector", c: "vector", d: "none", e: "none", at: "blocks.*.{attn.proj,mlp.*}" },
  // Without d=constant: its gradient is one sum that cancels, so float32 leaves fewer digits than the suite wants.
  { a: "constant", b: "vector", d: "none", e: "constant" },
])("GLoRA %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: glora, options, merges: true }));
});

describe("GLoRA", () => {
  const layer: Module = { path: "fc", kind: "linear", in: 2, out: 3 };
  const weight = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const bias = [10, 20, 30];

  /** The merged weight and bias for these new weights. */
  function merge(options: object, values: Record<string, number[][] | number[]>) {
    const [graft] = glora.adapt(parseOptions(glora, { at: "fc", ...options }), {} as Model).grafts!;
    expect(Object.keys(values).sort()).toEqual(Object.keys(graft!.weights(layer)).sort());
    const w = Object.fromEntries(Object.entries(values).map(([key, v]) => [key, tf.tensor(v)]));
    const merged = graft!.merge!({ "fc.weight": tf.tensor2d(weight), "fc.bias": tf.tensor1d(bias) }, w, layer);
    return [merged["fc.weight"]!.arraySync(), merged["fc.bias"]!.arraySync()];
  }
  const none = { a: "none", b: "none", c: "none", d: "none", e: "none" };

  it("adds W ⊙ A + B to the weight and W C + D ⊙ b + E to the bias", () => {
    const [left, right] = [
      [1, -1, 2],
      [0.5, 3],
    ];
    const [addLeft, addRight] = [
      [2, 0, -3],
      [1, 4],
    ];
    const [prompt, scale, shift] = [
      [2, -1],
      [0.5, 0, -1],
      [7, 8, 9],
    ];
    const column = (v: number[]) => v.map((x) => [x]);
    const values = {
      aLeft: column(left),
      aRight: [right],
      bLeft: column(addLeft),
      bRight: [addRight],
      cLeft: column(prompt),
      cRight: [[3]],
      d: scale,
      e: shift,
    };
    expect(merge({ rank: 1 }, values)).toEqual([
      weight.map((row, o) => row.map((w, i) => w + w * left[o]! * right[i]! + addLeft[o]! * addRight[i]!)),
      weight.map(
        ([w0, w1], o) => bias[o]! + 3 * (w0! * prompt[0]! + w1! * prompt[1]!) + scale[o]! * bias[o]! + shift[o]!,
      ),
    ]);
  });

  it("takes A and B as one number for each row, or one for the layer", () => {
    expect(merge({ ...none, a: "vector" }, { a: [[1], [0], [-1]] })).toEqual([[[2, 4], weight[1], [0, 0]], bias]);
    expect(merge({ ...none, b: "vector" }, { b: [[1], [0], [-1]] })).toEqual([[[2, 3], weight[1], [4, 5]], bias]);
    expect(merge({ ...none, a: "constant" }, { a: [[1]] })).toEqual([weight.map(([x, y]) => [2 * x!, 2 * y!]), bias]);
    expect(merge({ ...none, b: "constant" }, { b: [[1]] })).toEqual([weight.map(([x, y]) => [x! + 1, y! + 1]), bias]);
  });

  it("takes C as a vector, and D and E as one number for the layer", () => {
    expect(merge({ ...none, c: "vector" }, { c: [[1], [-1]] })).toEqual([weight, [9, 19, 29]]);
    expect(merge({ ...none, d: "constant" }, { d: [-1] })).toEqual([weight, [0, 0, 0]]);
    expect(merge({ ...none, e: "constant" }, { e: [5] })).toEqual([weight, [15, 25, 35]]);
  });

  it("refuses modules that are not linear layers", () => {
    expect(() => parametersOn(glora, { at: "blocks.*" })).toThrow(
      "option 'at' is 'blocks.*', which matches 'blocks.0': wanted only linear layers",
    );
  });

  it("names a wrong option, its value and its default", () => {
    expect(() => parseOptions(glora, { c: "constant" })).toThrow(/option 'c'.*given "constant".*c="lora"/);
  });
});
