// Conformance of DiffFit, and its parameter counts in the paper's ablations and on other datasets.

import { checks, parametersOn } from "@dit-bench/conformance";
import { describe, expect, it } from "vitest";
import difffit from "./index.ts";

describe.each([{}, { gamma: ["attn", "mlp"], blocks: 6 }, { norm: false, from: 2, blocks: 1 }])(
  "DiffFit %j",
  (options) => {
    it.each(checks)("$name", ({ run }) => run({ method: difffit, options, merges: true }));
  },
);

describe("DiffFit", () => {
  // The paper's ablation, with blocks counted from 1: only γ1 and γ2 in blocks 28→25, 14 blocks, 28→8, 28→4, 28→1.
  it.each([
    [24, 747_680],
    [14, 770_720],
    [7, 786_848],
    [3, 796_064],
    [0, 802_976],
  ])("trains, with only γ1 and γ2 from block %i on, %i parameters", (from, count) => {
    expect(parametersOn(difffit, { gamma: ["attn", "mlp"], from, blocks: 28 })).toBe(count);
  });

  it("trains 703,904 parameters without affine norms, as public re-implementations do", () => {
    expect(parametersOn(difffit, { norm: false })).toBe(703_904);
  });

  it.each([
    ["SUN397", 397, 1_176_224],
    ["CUB-200-2011", 200, 949_280],
    ["Stanford Cars", 196, 944_672],
    ["ArtBench-10", 10, 730_400],
  ])("counts the class embedding of %s's %i classes", (_, classes, count) => {
    expect(parametersOn(difffit, {}, "DiT-XL/2", classes)).toBe(count);
  });

  it("refuses to start after the last block", () => {
    expect(() => parametersOn(difffit, { from: 28 })).toThrow("option 'from' is 28, but the model has only 28 blocks");
  });
});
