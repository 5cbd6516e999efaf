// DoRA, LoKr, OFT and (IA)³ as folders for PEFT: their tensors in PEFT's formulas, by hand, give the merged model.
//
// I = in, O = out, R = rank, B = channels of a block

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@dit-bench/weights";
import { afterAll, describe, expect, it } from "vitest";
import { mergedValues } from "../../sampling/merged-network.ts";
import { peft } from "../peft.ts";
import { trainedRun } from "../trained-run.test.data.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-peft-forms-"));
afterAll(() => rmSync(place, { recursive: true }));

type Matrix = readonly (readonly number[])[];
type Settings = Record<string, unknown> & { readonly peft_type: string; readonly target_modules: readonly string[] };
interface Layer {
  /** [O, I]; of a convolution with its window as one dimension. */
  readonly weight: Matrix;
  readonly bias: readonly number[];
  /** A tensor of the adapter as rows of its first dimension. */
  readonly rows: (key: string) => Matrix;
  readonly has: (key: string) => boolean;
  readonly path: string;
}

const matMul = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * b[k]![j]!, 0)));
const combine = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((v, j) => f(v, b[i]![j]!)));

/** The weight and the bias that PEFT computes with. */
const formulas: Record<string, (layer: Layer, settings: Settings) => Pick<Layer, "weight" | "bias">> = {
  LORA({ weight, bias, rows }, { r, lora_alpha, use_dora }) {
    expect(use_dora).toBe(true);
    const update = matMul(rows("lora_B.weight"), rows("lora_A.weight"));
    const magnitude = rows("lora_magnitude_vector").flat();
    const direction = combine(weight, update, (w, u) => w + (Number(lora_alpha) / Number(r)) * u);
    return { weight: direction.map((row, o) => row.map((v) => (v * magnitude[o]!) / Math.hypot(...row))), bias };
  },
  LOKR({ weight, bias, rows, has }, { r, alpha }) {
    const w1 = rows("lokr_w1");
    const w2 = has("lokr_w2") ? rows("lokr_w2") : matMul(rows("lokr_w2_a"), rows("lokr_w2_b"));
    const [Q, V] = [w2.length, w2[0]!.length];
    const kronecker = (o: number, i: number) => w1[Math.floor(o / Q)]![Math.floor(i / V)]! * w2[o % Q]![i % V]!;
    const scale = Number(alpha) / Number(r);
    return { weight: weight.map((row, o) => row.map((w, i) => w + scale * kronecker(o, i))), bias };
  },
  OFT({ weight, bias, rows }, { r, oft_block_size, use_cayley_neumann }) {
    expect({ oft_block_size, use_cayley_neumann }).toEqual({ oft_block_size: 0, use_cayley_neumann: false });
    const B = weight[0]!.length / Number(r);
    const rotations = rows("oft_R.weight").map((upper) => rotation(upper, B));
    // y = W (x R) for rows x, so W' = W Rᵀ.
    const rotated = (row: readonly number[]) =>
      row.map((_, i) => {
        const [block, column] = [Math.floor(i / B), i % B];
        return rotations[block]![column]!.reduce((sum, v, k) => sum + row[block * B + k]! * v, 0);
      });
    return { weight: weight.map(rotated), bias };
  },
  IA3({ weight, bias, rows, path }, { feedforward_modules }) {
    const scale = rows("ia3_l").flat();
    if ((feedforward_modules as string[]).includes(path))
      return { weight: weight.map((row) => row.map((w, i) => w * scale[i]!)), bias };
    return { weight: weight.map((row, o) => row.map((w) => w * scale[o]!)), bias: bias.map((b, o) => b * scale[o]!) };
  },
};

/** (I - Q)(I + Q)⁻¹ with the entries of Q above the diagonal, row by row. */
function rotation(upper: readonly number[], B: number): Matrix {
  const Q = Array.from({ length: B }, () => Array.from({ length: B }, () => 0));
  let next = 0;
  for (let i = 0; i < B; i++)
    for (let j = i + 1; j < B; j++) {
      Q[i]![j] = upper[next++]!;
      Q[j]![i] = -Q[i]![j]!;
    }
  const identity = Q.map((row, i) => row.map((_, j) => Number(i === j)));
  return matMul(
    combine(identity, Q, (e, q) => e - q),
    inverse(combine(identity, Q, (e, q) => e + q)),
  );
}

/** By Gauss and Jordan, without pivots: the diagonal of I + Q stays positive. */
function inverse(matrix: Matrix): Matrix {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (const [i, pivot] of rows.entries()) {
    const scale = pivot[i]!;
    for (const k of pivot.keys()) pivot[k]! /= scale;
    for (const other of rows) {
      if (other === pivot) continue;
      const factor = other[i]!;
      for (const k of other.keys()) other[k]! -= factor * pivot[k]!;
    }
  }
  return rows.map((row) => row.slice(rows.length));
}

it.each([
  ["dora", { rank: 3, alpha: 5 }],
  ["dora", { rank: 2, at: "x_embedder.proj" }],
  ["lokr", { factor: 4, scale: 0.7 }],
  ["lokr", { factor: "square", rank: 2, scale: 3, at: "blocks.*.{attn,mlp}.*" }],
  ["oft", {}],
  ["oft", { blocks: 2, at: "blocks.*.{attn,mlp}.*" }],
  ["ia3", {}],
  ["ia3", { scaled: ["values"] }],
] as const)(
  "%s %j gives the merged model when PEFT's formula is applied to the base model",
  async (method, options) => {
    const run = await trainedRun(method, options);
    const { adapted, base, trained } = run;
    const folder = mkdtempSync(join(place, "export-"));
    for (const { name, write } of peft.make(run, undefined).files) write(join(folder, name));
    const { tensors } = readSafetensors(join(folder, "adapter_model.safetensors"));
    const settings = JSON.parse(readFileSync(join(folder, "adapter_config.json"), "utf8")) as Settings;

    const wanted = mergedValues(adapted, { ...base, ...trained });
    const shapes = new Map(adapted.model.weights.map(({ name, shape }) => [name, shape]));
    const rowsOf = (data: Float32Array, count: number): Matrix =>
      Array.from({ length: count }, (_, i) =>
        Array.from(data.subarray((i * data.length) / count, ((i + 1) * data.length) / count)),
      );
    expect(settings.target_modules.length).toBeGreaterThan(0);
    for (const path of settings.target_modules) {
      const stored = (key: string) => tensors.get(`base_model.model.${path}.${key}`);
      const layer: Layer = {
        path,
        weight: rowsOf(base[`${path}.weight`]!, shapes.get(`${path}.weight`)![0]!),
        bias: Array.from(base[`${path}.bias`]!),
        rows: (key) => rowsOf(stored(key)!.data as Float32Array, stored(key)!.shape[0]!),
        has: (key) => stored(key) !== undefined,
      };
      const made = formulas[settings.peft_type]!(layer, settings);
      expect(furthest(made.weight.flat(), wanted[`${path}.weight`]!), path).toBeLessThan(1e-6);
      expect(furthest(made.bias, wanted[`${path}.bias`]!), path).toBeLessThan(1e-6);
      expect(furthest(layer.weight.flat(), wanted[`${path}.weight`]!), path).toBeGreaterThan(1e-3);
    }
  },
);

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
};

describe("--format peft is refused", () => {
  it("for sides of LoKr's factors that PEFT would exchange", async () => {
    const run = await trainedRun("lokr", { factor: 8 });
    expect(() => peft.make(run, undefined)).toThrow(
      "'blocks.0.attn.qkv' has a side of 16, which PEFT would divide the other way round: 8 × 2; use --format merged",
    );
  });

  it.each(["lokr", "oft"])("for %s on the patch embedding", async (method) => {
    const run = await trainedRun(method, { at: "x_embedder.proj" });
    expect(() => peft.make(run, undefined)).toThrow(`${method} on 'x_embedder.proj', a convolution, has no form`);
  });
});
