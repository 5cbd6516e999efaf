// Estimated operations against the count of benchmarks/performance, GEMM by GEMM; estimated memory against measured
// peaks.

import { type DitConfig, ditModel } from "@dit-bench/dit";
import { attach } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import { loadMethod } from "../methods/methods.ts";
import { forwardFlops, trainingFlops, trainingMemory } from "./work.ts";

const flops = new URL("../../../../benchmarks/performance/flops.mjs", import.meta.url).href;
const { countedMethods, stepFlops } = (await import(flops)) as {
  countedMethods: readonly string[];
  stepFlops(shape: Record<string, number>, method: string): number;
};

const dit = (width: number, depth: number, heads: number, side: number): DitConfig => ({
  name: "DiT",
  inputSize: 2 * side,
  patchSize: 2,
  channels: 4,
  width,
  depth,
  heads,
  mlpRatio: 4,
  classes: 101,
  learnSigma: true,
});
const xl = dit(1152, 28, 16, 16);

describe("operations of a step", () => {
  it.each(countedMethods)(
    "of %s are within 1 % of those of its GEMMs, at DiT-XL/2 and at a small model",
    async (name) => {
      const { method } = await loadMethod(name);
      for (const config of [xl, dit(384, 12, 6, 16)]) {
        const { width, depth, heads } = config;
        const shape = { width, depth, heads, tokens: 256, batch: 8 };
        const ours = 8 * trainingFlops(attach(method, ditModel(config)), config);
        expect(Math.abs(ours / stepFlops(shape, name) - 1)).toBeLessThan(0.01);
      }
    },
  );

  it("are those of a forward pass for sampling", () => {
    const shape = { width: 1152, depth: 28, heads: 16, tokens: 256, batch: 2 };
    expect((2 * forwardFlops(ditModel(xl), xl)) / stepFlops(shape, "sample")).toBeCloseTo(1, 3);
  });
});

describe("memory of training", () => {
  // docs/log.md: peaks of the whole process, in MB.
  it.each([
    ["difffit", dit(384, 12, 6, 16), 8, 1021],
    ["full", dit(384, 12, 6, 16), 8, 1795],
    ["difffit", dit(192, 6, 3, 8), 64, 439],
    ["difffit", xl, 1, 3800],
    ["difffit", xl, 8, 3929],
  ] as const)("of %s is within a third of a measured peak", async (name, config, batch, measured) => {
    const { method } = await loadMethod(name);
    const estimate = trainingMemory(attach(method, ditModel(config)), config, batch) / 1e6;
    expect(Math.abs(estimate / measured - 1), String(estimate)).toBeLessThan(1 / 3);
  });
});
