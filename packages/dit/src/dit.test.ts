// The model against the official code's values: output, modules and timestep embedding.

import { fileURLToPath } from "node:url";
import { applyPending, asPending, type Call } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";
import { float32, readSafetensors } from "@dit-bench/weights";
import { beforeAll, describe, expect, it } from "vitest";
import { type DitConfig, dit, timestepEmbedding, timestepFrequencies } from "./index.ts";

const fixture = (name: string) =>
  readSafetensors(fileURLToPath(new URL(`fixtures/${name}.safetensors`, import.meta.url))).tensors;
const config: DitConfig = {
  name: "fixture",
  inputSize: 8,
  patchSize: 2,
  channels: 4,
  width: 64,
  depth: 2,
  heads: 4,
  mlpRatio: 4,
  classes: 10,
  learnSigma: true,
};

// Values of facebookresearch/DiT at commit ed81ce2, computed in float32 on a CPU.
const weights = fixture("dit_weights");
const inputs = fixture("dit_inputs");
const outputs = fixture("dit_outputs");

const numbers = (t: { type: string; data: ArrayLike<number | bigint> }) => Array.from(t.data, Number);
const tensor = (map: typeof inputs, name: string) => tf.tensor(numbers(map.get(name)!), [...map.get(name)!.shape]);
const labels = (map: typeof inputs, name: string) => tf.tensor1d(numbers(map.get(name)!), "int32");
let w: Record<string, tf.Tensor>;

beforeAll(async () => {
  await tf.setBackend("cpu");
  w = Object.fromEntries([...weights].map(([name, t]) => [name, tf.tensor(float32(t), [...t.shape])]));
});

function largestDifference(
  got: tf.Tensor,
  want: { shape: readonly number[]; data: ArrayLike<number | bigint> },
): number {
  expect(got.size).toBe(want.data.length);
  const a = got.dataSync();
  return numbers(want as never).reduce((max, v, i) => Math.max(max, Math.abs(v - a[i]!)), 0);
}

describe("dit, against the official code", () => {
  it("has the same output within 1e-5", () => {
    const out = dit(w, config, tensor(inputs, "x"), tensor(inputs, "t"), labels(inputs, "y"));
    expect(out.shape).toEqual([...outputs.get("out")!.shape]);
    expect(largestDifference(out, outputs.get("out")!)).toBeLessThan(1e-5);
  });

  it("has the same output at fractional timesteps", () => {
    const out = dit(w, config, tensor(inputs, "x"), tensor(outputs, "t_fractional"), labels(inputs, "y"));
    expect(largestDifference(out, outputs.get("out_fractional")!)).toBeLessThan(1e-5);
  });

  it("has the same timestep embedding within the last bit of a frequency (6e-8) times t (999)", () => {
    const t = tensor(inputs, "t");
    expect(largestDifference(timestepEmbedding(t, 128), outputs.get("timestep_embedding")!)).toBeLessThan(6e-8 * 999);
  });

  it("has the same output of each module, at the path that methods use", () => {
    const seen = new Map<string, tf.Tensor>();
    const spy: Call = (path, f, x, own) => {
      const y = applyPending(asPending(f(x, own)));
      seen.set(path, y);
      return { y };
    };
    dit(w, config, tensor(inputs, "x"), tensor(inputs, "t"), labels(inputs, "y"), spy);
    const paths = {
      "mid.x_embedder": "x_embedder.proj",
      "mid.t_embedder": "t_embedder.mlp.2",
      "mid.blocks.0": "blocks.0",
      "mid.blocks.1": "blocks.1",
      "mid.blocks.0.attn": "blocks.0.attn",
      "mid.blocks.0.mlp": "blocks.0.mlp",
      "mid.final_layer": "final_layer.linear",
    };
    for (const [theirs, ours] of Object.entries(paths))
      expect(largestDifference(seen.get(ours)!, outputs.get(theirs)!), ours).toBeLessThan(1e-5);
  });

  it("has frequencies within 1e-6 of the formula in float64", () => {
    const f = timestepFrequencies(128);
    expect(f[0]).toBe(1);
    expect(f.every((v, k) => Math.abs(v / 10000 ** (-k / 128) - 1) < 1e-6)).toBe(true);
  });
});

describe("dit", () => {
  it("names a missing weight", () => {
    const { "blocks.1.attn.proj.bias": _, ...rest } = w;
    expect(() => dit(rest, config, tensor(inputs, "x"), tensor(inputs, "t"), labels(inputs, "y"))).toThrow(
      "no weight named 'blocks.1.attn.proj.bias'",
    );
  });
});
