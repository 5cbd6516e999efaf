// Tests that the counted GEMMs of a step equal a count by hand and the GEMMs of the compiled graphs.

import { optimize, trace } from "@dit-bench/compiler";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { loadMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { countedMethods, gemmFlops, stepFlops, stepGemms } from "./flops.mjs";
import { configOf, methodStep } from "./workloads/step.mjs";

/** @import { Node } from "@dit-bench/compiler" */
/**
 * @template {Node["op"]} O
 * @typedef {Extract<Node, { op: O }>} NodeOf
 */

const smallShape = { width: 8, depth: 1, heads: 2, tokens: 4, batch: 3 };

describe("stepFlops", () => {
  it("equals a count by hand for sampling with one block", () => {
    // D 8, T 4, N 3, H 2, so r = N T = 12 rows; each term is a GEMM's 2 m k n
    const block = 2 * 12 * 8 * 24 + 2 * 12 * 8 * 8 + 2 * 12 * 8 * 32 + 2 * 12 * 32 * 8; // qkv, proj, fc1, fc2
    const attention = 2 * (2 * 6 * 4 * 4 * 4); // two of N H = 6 GEMMs of 4 × 4 × 4
    const modulation = 2 * 3 * 8 * 48;
    const rest = 2 * 12 * 16 * 8 + 2 * 3 * 256 * 8 + 2 * 3 * 8 * 8 + 2 * 3 * 8 * 16 + 2 * 12 * 8 * 32;
    expect(stepFlops(smallShape, "sample")).toBe(block + attention + modulation + rest);
  });

  it("counts full fine-tuning as three forward passes without the input gradients of patches and timesteps", () => {
    const patches = 2 * 12 * 16 * 8;
    const time = 2 * 3 * 256 * 8;
    expect(stepFlops(smallShape, "full")).toBe(3 * stepFlops(smallShape, "sample") - patches - time);
  });

  it("leaves out the gradients of frozen matrices and of all layers before the first trained weight", () => {
    const forward = stepFlops(smallShape, "sample");
    const attention = 2 * (2 * 6 * 4 * 4 * 4);
    const patches = 2 * 12 * 16 * 8;
    const time = 2 * 3 * 256 * 8;
    // Biases train everywhere; attention costs twice as much backward as forward.
    const bitfit = 2 * forward + attention - patches - time;
    expect(stepFlops(smallShape, "bitfit")).toBe(bitfit);
    expect(stepFlops(smallShape, "difffit")).toBe(bitfit);
    const adapter = 3 * (2 * 12 * 8 * 8 + 2 * 12 * 8 * 24);
    const timestepGradient = 2 * 3 * 8 * 8; // LoRA needs no input gradient of the second timestep layer
    expect(stepFlops(smallShape, "lora")).toBe(bitfit - timestepGradient + adapter);
  });

  it("rejects an unknown method and lists the known methods", () => {
    expect(() => stepGemms(smallShape, "prefix")).toThrow("method 'prefix' are not known, available: sample, full");
  });
});

describe("stepFlops, compared with compiled steps", () => {
  const shape = { width: 16, depth: 6, heads: 2, tokens: 16, batch: 4 };
  const config = configOf(shape);
  const model = ditModel(config);
  const base = Object.fromEntries(
    model.weights.map(({ name, shape }) => [name, new Float32Array(size(shape)).fill(0.5)]),
  );

  it.each(countedMethods)("equals the operations of all GEMMs in the graph of %s", async (name) => {
    const loaded = (await loadMethods()).find((m) => m.method.name === name);
    if (!loaded) throw new Error(`no method ${name}`);
    const [fn, signature] = methodStep(attach(loaded.method, model), config, base, shape.batch);
    const graph = optimize(trace(fn, signature));
    const gemms = graph.nodes.filter((node) => node.op === "MatMul").map(asGemm);
    // The graph computes the lookup of class embeddings and its gradient as GEMMs with a one-hot matrix.
    const lookup = 2 * gemmFlops({ batch: 1, m: shape.batch, k: config.classes + 1, n: shape.width });
    expect(gemms.reduce((sum, g) => sum + gemmFlops(g), 0)).toBe(stepFlops(shape, name) + lookup);
  });
});

/** @param {NodeOf<"MatMul">} node */
function asGemm({ inputs: [a], outputs: [c], attrs }) {
  const [m, n] = c.shape.slice(-2);
  return { batch: size(c.shape.slice(0, -2)), m, n, k: a.shape[a.shape.length - (attrs.transA ? 2 : 1)] };
}
