// Conformance of DoRA, its starting magnitude, and its formula and gradient against hand numbers.

import { checks, parametersOn } from "@dit-bench/conformance";
import { type Model, type Module, parseOptions, tf } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import dora from "./index.ts";

describe.each([{}, { rank: 2, alpha: 1, at: "{x_embedder.proj,blocks.*.mlp.*}" }])("DoRA %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: dora, options, merges: true }));
});

describe("DoRA", () => {
  const layer: Module = { path: "fc", kind: "linear", in: 2, out: 2 };
  const [graft] = dora.adapt(parseOptions(dora, { rank: 1, alpha: 2, at: "fc" }), {} as Model).grafts!;
  // V = W + 2 B A = [[3, 4], [5, 12]], with rows of norm 5 and 13.
  const base = { "fc.weight": tf.tensor2d([2, 4, 0, 12], [2, 2]) };
  const a_RI = tf.tensor2d([0.5, 0], [1, 2]);
  const b_OR = tf.tensor2d([1, 5], [2, 1]);
  const magnitude_O = tf.tensor1d([10, 26]);
  const weight = (b_OR: tf.Tensor) => graft!.merge!(base, { magnitude_O, a_RI, b_OR }, layer)["fc.weight"]!;

  it("starts with the norms of the rows of the base weight as magnitude", () => {
    const rows = Float32Array.of(3, 4, 5, 12);
    const { magnitude_O } = graft!.weights(layer);
    expect([...magnitude_O!.values({ seed: 0, name: "m", base: () => rows })]).toEqual([5, 13]);
  });

  it("scales the rows of W + (alpha / rank) B A to the magnitude", () => {
    expect(weight(b_OR).arraySync()).toEqual([
      [6, 8],
      [10, 24],
    ]);
  });

  // For the loss W′[0][0], eq. 6 gives the gradient of V[0]: 10/5 ((1, 0) - 3 (3, 4) / 25) = (1.28, -0.96), and that of
  // B[0] is 2 A (1.28, -0.96) = 1.28. With the norm as a constant it would be 2.
  it("has a gradient through the norm", () => {
    const gradient = tf
      .grad((b) => tf.slice(weight(b), [0, 0], [1, 1]))(b_OR)
      .dataSync();
    expect(gradient[0]).toBeCloseTo(1.28, 6);
    expect(gradient[1]).toBeCloseTo(0, 6);
  });

  it("refuses modules that are not linear layers", () => {
    expect(() => parametersOn(dora, { at: "blocks.*.attn" })).toThrow(
      "option 'at' is 'blocks.*.attn', which matches 'blocks.0.attn': wanted only linear layers",
    );
  });

  it("names a wrong option, its value and its default", () => {
    expect(() => parseOptions(dora, { alpha: 0 })).toThrow(/option 'alpha'.*given 0.*alpha=32/);
  });
});
