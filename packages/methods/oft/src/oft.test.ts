// Conformance of OFT, its rotations against an exact inverse in float64, and its error messages.

import { checks, parametersOn } from "@dit-bench/conformance";
import { type Model, normal, parseOptions, tf } from "@dit-bench/method";
import { beforeAll, describe, expect, it } from "vitest";
import oft from "./index.ts";
import { rotations } from "./rotations.ts";

beforeAll(() => tf.setBackend("cpu"));

describe.each([{}, { blocks: 2, at: "{x_embedder.proj,t_embedder.mlp.2,blocks.*.mlp.*}" }, { blocks: 8 }])(
  "OFT %j",
  (options) => {
    it.each(checks)("$name", ({ run }) => run({ method: oft, options, merges: true }));
  },
);

const [graft] = oft.adapt(parseOptions(oft, {}), {} as Model).grafts!;

/** Random packed entries [blocks, B / 2, B - 1], N(0, std²). */
function packed(std: number, blocks: number, B: number): tf.Tensor {
  const init = normal(std, blocks, B / 2, B - 1);
  const values = init.values({ seed: 0, name: "skew", base: () => new Float32Array() });
  return tf.tensor(values, [...init.shape]);
}

/** (I + Q)(I - Q)⁻¹ by Gauss-Jordan elimination with pivots, in float64. */
function cayley(Q: number[][]): number[][] {
  const B = Q.length;
  const identity = (i: number, j: number) => Number(i === j);
  // R (I - Q) = I + Q, transposed: (I + Q) Rᵀ = I - Q, because Qᵀ = -Q.
  const rows = Q.map((q, i) => [...q.map((v, j) => identity(i, j) + v), ...q.map((v, j) => identity(i, j) - v)]);
  for (let k = 0; k < B; k++) {
    const best = rows.slice(k).reduce((b, row, i) => (Math.abs(row[k]!) > Math.abs(rows[b]![k]!) ? k + i : b), k);
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    const pivot = rows[k]!.map((v) => v / rows[k]![k]!);
    for (const [i, row] of rows.entries()) rows[i] = i === k ? pivot : row.map((v, j) => v - row[k]! * pivot[j]!);
  }
  return Q.map((_, i) => rows.map((row) => row[B + i]!));
}

/** Q of one block. For i < j: packed (i, j - 1) if i < B / 2, else minus packed (j - B / 2, i - B / 2). */
function skew(packed_HF: number[][]): number[][] {
  const H = packed_HF.length;
  const above = (i: number, j: number) => (i < H ? packed_HF[i]![j - 1]! : -packed_HF[j - H]![i - H]!);
  const places = Array.from({ length: 2 * H }, (_, i) => i);
  return places.map((i) => places.map((j) => (i < j ? above(i, j) : i > j ? -above(j, i) : 0)));
}

describe("OFT's rotation", () => {
  it.each([
    [0.01, 32, 1e-6],
    [0.3, 32, 1e-5],
    [1, 32, 1e-4],
    [3, 32, 1e-3], // a row sum of 3e3 or so
    [0.5, 4, 1e-5],
    [2, 2, 1e-5],
  ])("is the Cayley transform: entries N(0, %f²), blocks of %i, within %f", (std, B, tolerance) => {
    const entries = packed(std, 1, B);
    const R = tf.squeeze(rotations(entries)).arraySync() as number[][];
    const exact = cayley(skew((entries.arraySync() as number[][][])[0]!));
    const worst = Math.max(...R.flatMap((row, i) => row.map((v, j) => Math.abs(v - exact[i]![j]!))));
    expect(worst).toBeLessThan(tolerance);
  });

  it("rotates by 2 atan q in a block of two", () => {
    const [cos, sin] = [Math.cos(2 * Math.atan(0.7)), Math.sin(2 * Math.atan(0.7))];
    const R = [...rotations(tf.tensor3d([[[0.7]]])).dataSync()];
    for (const [i, wanted] of [cos, sin, -sin, cos].entries()) expect(R[i]).toBeCloseTo(wanted, 6);
  });

  it("multiplies each block of the input by its own matrix, which keeps the block's length", () => {
    const x = [1, 2, 2, 4, 4, 2, 1, 2];
    const skew_GHF = packed(1, 2, 4);
    const R = rotations(skew_GHF).arraySync() as number[][][];
    const y = graft!.forward!((x) => x, tf.tensor2d([x]), { skew_GHF }).dataSync();
    for (const block of [0, 1])
      for (const j of [0, 1, 2, 3]) {
        const wanted = [0, 1, 2, 3].reduce((sum, i) => sum + x[4 * block + i]! * R[block]![i]![j]!, 0);
        expect(y[4 * block + j]).toBeCloseTo(wanted, 5);
      }
    expect(Math.hypot(...y.slice(0, 4))).toBeCloseTo(5, 5);
    expect(Math.hypot(...y.slice(4))).toBeCloseTo(5, 5);
  });
});

describe("OFT", () => {
  it("refuses blocks that do not divide the inputs of a layer, and blocks of an odd size", () => {
    expect(() => parametersOn(oft, { blocks: 5 })).toThrow(
      "oft: option 'blocks' is 5, but 'blocks.0.attn.qkv' has 1152 inputs: wanted a number that divides them into " +
        "blocks of an even size",
    );
    expect(() => parametersOn(oft, { blocks: 384 })).toThrow("option 'blocks' is 384");
  });

  it("refuses modules that are not linear layers", () => {
    expect(() => parametersOn(oft, { at: "blocks.*.attn" })).toThrow(
      "oft: option 'at' is 'blocks.*.attn', which matches 'blocks.0.attn': wanted only linear layers",
    );
  });
});
