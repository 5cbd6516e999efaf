// Descriptions, configurations, positions and starting weights of DiT.

import { fileURLToPath } from "node:url";
import { size } from "@dit-bench/method";
import { readSafetensors } from "@dit-bench/weights";
import { describe, expect, it } from "vitest";
import { checkConfig, ditByName, ditModel, ditNames, initialDit, newClassEmbedding, sinCosPositions } from "./index.ts";

const path = (name: string) => fileURLToPath(new URL(`fixtures/${name}.safetensors`, import.meta.url));
const count = (name: string, classes: number) =>
  ditModel(ditByName(name, { classes })).weights.reduce((sum, w) => sum + size(w.shape), 0);
const tiny = {
  name: "tiny",
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

describe("ditModel", () => {
  it("names and shapes every weight as the official checkpoint does", () => {
    const official = readSafetensors(path("dit_weights")).tensors;
    const ours = ditModel(tiny).weights;
    expect(ours.map((w) => w.name).sort()).toEqual([...official.keys()].sort());
    for (const w of ours) expect([...w.shape], w.name).toEqual([...official.get(w.name)!.shape]);
  });

  it("counts 675,129,632 values in DiT-XL/2 with its positions, as in the published checkpoint", () => {
    expect(count("DiT-XL/2", 1000)).toBe(675_129_632);
  });

  it("lists a weight and a bias for every linear module", () => {
    const { modules, weights } = ditModel(tiny);
    for (const m of modules.filter((m) => m.kind === "linear")) {
      expect(size(weights.find((w) => w.name === `${m.path}.weight`)!.shape)).toBe(m.in * m.out);
      expect(weights.find((w) => w.name === `${m.path}.bias`)!.shape).toEqual([m.out]);
    }
  });
});

describe("ditByName and checkConfig", () => {
  it("know the twelve published names", () => {
    expect(ditNames).toHaveLength(12);
    expect(ditNames.map((n) => ditByName(n).name)).toEqual(ditNames);
    expect(() => ditByName("DiT-M/2")).toThrow("unknown model 'DiT-M/2'; wanted one of DiT-S/8");
  });

  it.each([
    [{ patchSize: 3 }, "inputSize 8 is no multiple of patchSize 3"],
    [{ heads: 5 }, "width 64 is no multiple of heads 5"],
    [{ width: 66, heads: 1 }, "no multiple of 4"],
    [{ depth: 0 }, "depth is 0"],
  ])("name the setting that is not valid: %j", (change, message) => {
    expect(() => checkConfig({ ...tiny, ...change })).toThrow(message);
  });
});

describe("sinCosPositions", () => {
  const tensors = readSafetensors(path("positional_embedding")).tensors;
  const cases = [...tensors.keys()].flatMap((key) => {
    const match = /^D(\d+|\w+)_grid(\d+|\w+?)(_half)?\.float32$/.exec(key);
    return match ? [[key, match] as const] : [];
  });

  it("has fixtures to compare with", () => expect(cases.length).toBeGreaterThan(2));

  it.each(cases)("equals the official %s within 1.2e-7, two units in the last place of float32", (key, match) => {
    const [D, G] = [Number(match[1]), Number(match[2])];
    const ours = Float32Array.from(sinCosPositions(D, G, match[3] ? 0.5 : 1));
    const theirs = tensors.get(key)!;
    const rows = tensors.get(key.replace("float32", "rows"));
    const kept = rows ? Array.from(rows.data, Number) : Array.from({ length: G * G }, (_, i) => i);
    expect(theirs.data.length).toBe(kept.length * D);
    let worst = 0;
    kept.forEach((row, r) => {
      for (let d = 0; d < D; d++)
        worst = Math.max(worst, Math.abs(ours[row * D + d]! - Number(theirs.data[r * D + d])));
    });
    expect(worst).toBeLessThan(1.2e-7);
  });
});

describe("initialDit and newClassEmbedding", () => {
  it("start as adaLN-Zero: biases, modulations and final layer are zero, other weights are not", () => {
    const w = initialDit(tiny, 1);
    for (const { name, shape } of ditModel(tiny).weights) {
      expect(w[name]!.length, name).toBe(size(shape));
      const zero = w[name]!.every((v) => v === 0);
      expect(zero, name).toBe(/bias$|adaLN|final_layer/.test(name));
    }
    expect(initialDit(tiny, 1)["blocks.0.attn.qkv.weight"]).toEqual(w["blocks.0.attn.qkv.weight"]);
    expect(initialDit(tiny, 2)["blocks.0.attn.qkv.weight"]).not.toEqual(w["blocks.0.attn.qkv.weight"]);
  });

  it("have the variances of unit conditioning when embeddings start as 'unit'", () => {
    const w = initialDit(tiny, 1, "unit");
    const variance = (name: string) => w[name]!.reduce((sum, v) => sum + v * v, 0) / w[name]!.length;
    expect(variance("y_embedder.embedding_table.weight")).toBeCloseTo(1, 0);
    expect(variance("t_embedder.mlp.2.weight")).toBeCloseTo(2 / 64, 2);
    expect(variance("t_embedder.mlp.0.weight")).toBeCloseTo(2 / 256, 3);
  });

  it("start new classes around the null row with a tenth of the base model's deviation, and keep that row", () => {
    const base = Float32Array.from({ length: 1001 * 8 }, (_, i) => (i % 8) + 0.5 * Math.sin(i));
    const nullRow = base.slice(1000 * 8);
    const embedding = newClassEmbedding(base, { width: 8, classes: 1000 }, 2000, 3);
    expect(embedding.slice(2000 * 8)).toEqual(nullRow);
    for (let d = 0; d < 8; d++) {
      const column = Array.from({ length: 2000 }, (_, k) => embedding[k * 8 + d]! - nullRow[d]!);
      const mean = column.reduce((a, b) => a + b, 0) / 2000;
      const deviation = Math.sqrt(column.reduce((a, b) => a + b * b, 0) / 2000);
      expect(Math.abs(mean)).toBeLessThan(0.004);
      expect(deviation).toBeCloseTo(0.1 * (0.5 / Math.SQRT2), 2);
    }
  });
});
