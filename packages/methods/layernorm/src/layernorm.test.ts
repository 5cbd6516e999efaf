// Conformance of LayerNorm tuning, its formula with hand-made numbers, and its error message.

import { checks, parametersOn } from "@dit-bench/conformance";
import { applyPending, attach, type Model, tf } from "@dit-bench/method";
import { beforeAll, describe, expect, it } from "vitest";
import layernorm from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

describe.each([{}, { at: "blocks.*.norm1" }])("LayerNorm tuning %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: layernorm, options, merges: true }));
});

describe("LayerNorm tuning", () => {
  it("scales and shifts the normed values", () => {
    const model: Model = {
      name: "one norm",
      depth: 1,
      width: 2,
      weights: [],
      modules: [{ path: "norm1", kind: "norm", in: 2, out: 2 }],
      classEmbedding: "classes",
    };
    const w = { "norm1.layernorm.scale_D": tf.tensor1d([2, 3]), "norm1.layernorm.shift_D": tf.tensor1d([10, 20]) };
    const normed = tf.tensor2d([[1, -1]]);
    const y = attach(layernorm, model).call(w)("norm1", () => normed, tf.tensor2d([[5, 3]]));
    expect([...applyPending(y).dataSync()]).toEqual([12, 17]);
  });

  it("refuses modules that are not norms", () => {
    expect(() => parametersOn(layernorm, { at: "blocks.0.*" })).toThrow(
      "layernorm: option 'at' is 'blocks.0.*', which matches 'blocks.0.attn_branch': wanted only norms",
    );
  });
});
