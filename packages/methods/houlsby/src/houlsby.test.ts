// Conformance of Houlsby's adapters, and their formula with hand-made numbers.

import { checks } from "@dit-bench/conformance";
import { type Model, parseOptions, tf } from "@dit-bench/method";
import { beforeAll, describe, expect, it } from "vitest";
import houlsby from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

describe.each([{}, { bottleneck: 3, std: 0.1, norm: false }])("Houlsby %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: houlsby, options, merges: false }));
});

describe("Houlsby", () => {
  it("adds W_up gelu(W_down y + b_down) + b_up to the output y of the branch", () => {
    const [adapter] = houlsby.adapt(parseOptions(houlsby, { bottleneck: 1 }), {} as Model).grafts!;
    const doubled = (x: tf.Tensor) => tf.mul(x, 2);
    const y = adapter!.forward!(doubled, tf.tensor3d([[[0.5, 1]]]), {
      down_RD: tf.tensor2d([[3, -1]]),
      downBias_R: tf.tensor1d([0.25]),
      up_DR: tf.tensor2d([[2], [-4]]),
      upBias_D: tf.tensor1d([0.5, 0]),
    });
    // y = [1, 2], W_down y + b_down = 1.25
    const gelu = (1.25 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (1.25 + 0.044715 * 1.25 ** 3)))) / 2;
    const [first, second] = y.dataSync();
    expect(first).toBeCloseTo(1 + 2 * gelu + 0.5, 5);
    expect(second).toBeCloseTo(2 - 4 * gelu, 5);
  });

  it("names a wrong option, its value and its default", () => {
    expect(() => parseOptions(houlsby, { std: 0 })).toThrow(/option 'std'.*given 0.*std=0.01/);
  });
});
