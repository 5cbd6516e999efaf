// Tests which numbers look like results.

import { describe, expect, it } from "vitest";
import { resultLikeNumbers } from "./result-like.mjs";

const found = (text: string) => resultLikeNumbers(text).map(({ number }) => number);

describe("numbers that look like results", () => {
  it.each([
    ["decimals", "FID is 24.35 to 25.1, −0.5", ["24.35", "25.1", "0.5"]],
    ["powers of ten", "within 1e-5 and 4.3e-7", ["1e-5", "4.3e-7"]],
    ["percentages", "takes 30 % of it, +12%", ["30", "12"]],
    ["factors", "is 2× as fast", ["2"]],
    ["times and memory", "5 ms, 3 s, 2 min, 7 MB, 10 minutes", ["5", "3", "2", "7", "10"]],
    ["FIDs", "an FID 24 and FID of 25", ["24"]],
    ["ranges and thousands", "0.92–0.97 and 1,133.5", ["0.92", "0.97", "1,133.5"]],
  ])("are %s", (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    ["counts and sizes", "batch 64, 6 methods × 8 datasets, 32×32 pixels, two cores, 20,000 steps"],
    ["versions, papers and sections", "PyTorch 2.13, Node 20.19, 1.30.0, CUDA 11.2, arXiv 2304.06648, section 4.1"],
    ["dates and names", "2026-11-28, AVX-512, DiT-XL/2, bfloat16, v2.5, sd-3.5, commit 5e211a9, 1.5x6"],
    ["the confidence level", "a 95 % interval"],
    ["links", "[a](b-1.5.md), https://example.org/1.5"],
  ])("are not %s", (_, text) => {
    expect(found(text)).toEqual([]);
  });

  it("are all numbers in right-aligned columns of a table, except in its heading", () => {
    expect(found("| a 1 | b 2 | c |\n|---|--:|:--|\n| 3 | 4 / 5 | 6 |\n| 7 | – | 8 |\n\n| 9 | 10 |\n")).toEqual([
      "4",
      "5",
    ]);
  });
});
