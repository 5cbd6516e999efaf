import { optimize, trace } from "@dit-bench/compiler";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { loadMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { countedMethods, productFlops, stepFlops, stepProducts } from "./flops.mjs";
import { configOf, methodStep } from "./workloads/step.mjs";

const small = { width: 8, depth: 1, heads: 2, tokens: 4, batch: 3 };

describe("operations of a step", () => {
  it("are those counted by hand for one block: sampling", () => {
    // D 8, T 4, N 3, H 2, so r = N T = 12 rows; each line is a product's 2 m k n
    const block = 2 * 12 * 8 * 24 + 2 * 12 * 8 * 8 + 2 * 12 * 8 * 32 + 2 * 12 * 32 * 8; // qkv, proj, fc1, fc2
    const attention = 2 * (2 * 6 * 4 * 4 * 4); // two of N H = 6 products of 4 × 4 × 4
    const modulation = 2 * 3 * 8 * 48;
    const rest = 2 * 12 * 16 * 8 + 2 * 3 * 256 * 8 + 2 * 3 * 8 * 8 + 2 * 3 * 8 * 16 + 2 * 12 * 8 * 32;
    expect(stepFlops(small, "sample")).toBe(block + attention + modulation + rest);
  });

  it("are three times the forward's for full fine-tuning, less the gradients of inputs that nothing before needs", () => {
    const patches = 2 * 12 * 16 * 8;
    const time = 2 * 3 * 256 * 8;
    expect(stepFlops(small, "full")).toBe(3 * stepFlops(small, "sample") - patches - time);
  });

  it("leave out the gradients of frozen matrices, and what lies before the first trained weight", () => {
    const forward = stepFlops(small, "sample");
    const attention = 2 * (2 * 6 * 4 * 4 * 4);
    const patches = 2 * 12 * 16 * 8;
    const time = 2 * 3 * 256 * 8;
    const bitfit = 2 * forward + attention - patches - time; // biases train everywhere; attention's backward is twice its forward
    expect(stepFlops(small, "bitfit")).toBe(bitfit);
    expect(stepFlops(small, "difffit")).toBe(bitfit);
    const beside = 3 * (2 * 12 * 8 * 8 + 2 * 12 * 8 * 24);
    expect(stepFlops(small, "lora")).toBe(bitfit - 2 * 3 * 8 * 8 + beside); // no gradient goes into the timestep's embedding
  });

  it("refuse a method of which nothing is known", () => {
    expect(() => stepProducts(small, "prefix")).toThrow("method 'prefix' are not known: wanted one of sample, full");
  });
});

describe("the products of a compiled step", () => {
  const shape = { width: 16, depth: 6, heads: 2, tokens: 16, batch: 4 };
  const config = configOf(shape);
  const model = ditModel(config);
  const base = Object.fromEntries(
    model.weights.map(({ name, shape }) => [name, new Float32Array(size(shape)).fill(0.5)]),
  );

  it.each(countedMethods)("of %s are the ones counted, and no more", async (name) => {
    const { method } = (await loadMethods()).find((m) => m.method.name === name);
    const [fn, signature] = methodStep(attach(method, model), config, base, shape.batch);
    const graph = optimize(trace(fn, signature));
    const products = graph.nodes.filter((node) => node.op === "MatMul").map(asProduct);
    // The one-hot rows of the class embedding, and its gradient: a lookup, written as products.
    const lookup = 2 * productFlops({ batch: 1, m: shape.batch, k: config.classes + 1, n: shape.width });
    expect(products.reduce((sum, p) => sum + productFlops(p), 0)).toBe(stepFlops(shape, name) + lookup);
  });
});

function asProduct({ inputs: [a], outputs: [c], attrs }) {
  const [m, n] = c.shape.slice(-2);
  return { batch: size(c.shape.slice(0, -2)), m, n, k: a.shape.at(attrs.transA ? -2 : -1) };
}
