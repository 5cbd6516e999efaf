// Conformance of SSF, its formula and starting values, and its error message.

import { checks, parametersOn } from "@dit-bench/conformance";
import { applyPending, attach, type Model, tf } from "@dit-bench/method";
import { beforeAll, describe, expect, it } from "vitest";
import ssf from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

describe.each([{}, { std: 0.05, at: "{t_embedder,final_layer}.**" }])("SSF %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: ssf, options, merges: true }));
});

const model: Model = {
  name: "one layer",
  depth: 1,
  width: 2,
  weights: [],
  modules: [{ path: "x_embedder.proj", kind: "linear", in: 1, out: 1000 }],
  classEmbedding: "classes",
};

describe("SSF", () => {
  it("multiplies each channel by its scale and adds its shift", () => {
    const two = { ...model, modules: [{ ...model.modules[0]!, out: 2 }] };
    const w = {
      "x_embedder.proj.ssf.scale_O": tf.tensor1d([2, 3]),
      "x_embedder.proj.ssf.shift_O": tf.tensor1d([10, 20]),
    };
    const y = attach(ssf, two).call(w)("x_embedder.proj", () => tf.tensor2d([[1, -1]]), tf.tensor2d([[5]]));
    expect([...applyPending(y).dataSync()]).toEqual([12, 17]);
  });

  it("starts with scales of N(1, std²) and other shifts of N(0, std²)", () => {
    const start = attach(ssf, model, { std: 0.5 }).initial({}, 0);
    const scale = start["x_embedder.proj.ssf.scale_O"]!;
    const shift = start["x_embedder.proj.ssf.shift_O"]!;
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean([...scale])).toBeCloseTo(1, 1);
    expect(mean([...shift])).toBeCloseTo(0, 1);
    expect(mean([...scale].map((v) => (v - 1) ** 2))).toBeCloseTo(0.25, 1);
    expect(mean([...shift].map((v) => v ** 2))).toBeCloseTo(0.25, 1);
    expect(mean([...shift].map((v, i) => v * (scale[i]! - 1)))).toBeCloseTo(0, 1);
  });

  it("starts as the base model with a standard deviation of 0", () => {
    const start = attach(ssf, model, { std: 0 }).initial({}, 0);
    expect(new Set(start["x_embedder.proj.ssf.scale_O"])).toEqual(new Set([1]));
    expect(new Set(start["x_embedder.proj.ssf.shift_O"])).toEqual(new Set([0]));
  });

  it("refuses modules that are neither linear layers nor norms", () => {
    expect(() => parametersOn(ssf, { at: "blocks.*.attn" })).toThrow(
      "ssf: option 'at' is 'blocks.*.attn', which matches 'blocks.0.attn': wanted only linear layers and norms",
    );
  });
});
