// Compares Philox with published test vectors, and checks the distributions and keys of the samples.

import { describe, expect, it } from "vitest";
import { integers, inverseNormal, normals, permutation, philox, stream, uniforms } from "./index.ts";

describe("philox", () => {
  // Known answers published with Random123: kat_vectors, philox4x32 10 rounds.
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("gives the published words at counter %j", (c, k, expected) => {
    const out = new Uint32Array(4);
    philox(k[0]!, k[1]!, c[0]!, c[1]!, c[2]!, c[3]!, out);
    expect([...out].map((w) => w.toString(16).padStart(8, "0")).join(" ")).toBe(expected);
  });
});

describe("inverseNormal", () => {
  // Python's statistics.NormalDist().inv_cdf
  it.each([
    [0.5, 0],
    [0.975, 1.9599639845400536],
    [0.3, -0.5244005127080409],
    [1e-3, -3.090232306167813],
    [1e-9, -5.9978070150076865],
    [1e-15, -7.941345326170998],
    [0.9999, 3.719016485455708],
  ])("maps %d to %d", (p, z) => {
    expect(Math.abs(inverseNormal(p) - z)).toBeLessThan(1e-13 * Math.max(1, Math.abs(z)));
  });
});

describe("keyed samples", () => {
  it("depend on seed, purpose and index only", () => {
    const a = normals(1, "noise", 7, 100);
    expect(normals(1, "noise", 7, 100)).toEqual(a);
    expect(normals(1, "noise", 7, 10)).toEqual(a.slice(0, 10));
    for (const b of [normals(2, "noise", 7, 100), normals(1, "labels", 7, 100), normals(1, "noise", 8, 100)])
      expect(b[0]).not.toBe(a[0]);
    expect(normals(2 ** 32 + 1, "noise", 7, 4)).not.toEqual(a.slice(0, 4));
  });

  it("have the moments of their distributions", () => {
    const n = 200_000;
    const z = normals(3, "moments", 0, n);
    const moment = (k: number) => z.reduce((sum, v) => sum + v ** k, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    const u = uniforms(3, "moments", 0, n);
    expect(Math.abs(u.reduce((s, v) => s + v, 0) / n - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
  });

  it("cover the range of integers evenly", () => {
    const counts = new Array(7).fill(0);
    for (const i of integers(5, "dice", 0, 70_000, 7)) counts[i]++;
    for (const c of counts) expect(Math.abs(c - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
  });

  it("contain every number of a permutation once", () => {
    const p = permutation(5, "order", 2, 1000);
    expect([...p].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(p).not.toEqual(permutation(5, "order", 3, 1000));
  });

  it("are equal for a stream and for uniforms with the same key", () => {
    const s = stream(9, "image", 4);
    expect([s.uniform(), s.uniform(), s.uniform(), s.uniform(), s.uniform()]).toEqual([...uniforms(9, "image", 4, 5)]);
  });

  it("refuse a seed, index or range that is not a whole number within its limits", () => {
    expect(() => normals(0.5, "x", 0, 1)).toThrow("seed is 0.5");
    expect(() => normals(1, "x", -1, 1)).toThrow("index is -1");
    expect(() => integers(1, "x", 0, 1, 0)).toThrow("below is 0");
  });
});
