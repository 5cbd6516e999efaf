// Guidance against its formula. The loops in samplers/samplers.test.ts compare it with the official code.

import { normals } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { difference } from "./fixture.test.data.ts";
import { applyGuidance } from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

describe("guidance", () => {
  const sampleNormal = (purpose: string, channels = 8) =>
    tf.tensor(normals(3, purpose, 0, 2 * channels * 4), [2, channels, 2, 2]);
  const channel = (x: tf.Tensor, c: number) => tf.slice(x, [0, c], [-1, 1]);
  const [cond, uncond] = [() => sampleNormal("conditional"), () => sampleNormal("null")];

  it.each([
    ["three", 3],
    ["all", 4],
  ] as const)(
    "with %s changes the first %i channels and keeps the rest of the conditional output",
    (channels, count) => {
      const out = applyGuidance(cond(), uncond(), 4, channels);
      for (let c = 0; c < 8; c++) {
        const [a, b] = [channel(cond(), c), channel(uncond(), c)];
        const want = c < count ? tf.sub(tf.mul(a, 4), tf.mul(b, 3)) : a;
        expect(difference(channel(out, c), want)).toBeLessThan(1e-5);
      }
    },
  );

  it("returns the conditional output at scale 1, and the noise of the null class at scale 0", () => {
    expect(difference(applyGuidance(cond(), uncond(), 1, "all"), cond())).toBeLessThan(1e-6);
    const noise = (x: tf.Tensor) => tf.slice(x, [0, 0], [-1, 4]);
    expect(difference(noise(applyGuidance(cond(), uncond(), 0, "all")), noise(uncond()))).toBe(0);
  });

  it("takes its scale as a number or as a tensor", () => {
    expect(
      difference(
        applyGuidance(cond(), uncond(), tf.scalar(1.5), "three"),
        applyGuidance(cond(), uncond(), 1.5, "three"),
      ),
    ).toBe(0);
  });

  it("gives the same for three channels as for all where the noise has three", () => {
    const [a, b] = [sampleNormal("conditional", 6), sampleNormal("null", 6)];
    expect(difference(applyGuidance(a, b, 2, "three"), applyGuidance(a, b, 2, "all"))).toBe(0);
  });

  it("refuses guidance on three channels if the noise has fewer", () => {
    expect(() => applyGuidance(sampleNormal("conditional", 2), sampleNormal("null", 2), 2, "three")).toThrow(
      "the noise has 1: wanted at least 3",
    );
  });

  it("refuses outputs of different shapes", () => {
    expect(() => applyGuidance(sampleNormal("conditional", 8), sampleNormal("null", 6), 2, "all")).toThrow(
      "outputs [2,8,2,2] and [2,6,2,2]: wanted two of one shape",
    );
  });
});
