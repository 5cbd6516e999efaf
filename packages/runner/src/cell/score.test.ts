// The metrics of a run.

import { kid } from "@dit-bench/metrics";
import { normals } from "@dit-bench/random";
import { describe, expect, it } from "vitest";
import { score } from "./score.ts";

const D = 2;
const set = (name: string, n: number) => normals(0, name, 0, n * D);
const labelled = (name: string, n: number, classes = 1) => ({
  features: set(name, n),
  labels: Int32Array.from({ length: n }, (_, i) => i % classes),
});
const extractor = { id: "test", dimension: D, resizer: "none" };
const settings = { resamples: 20, level: 0.95 };
const generated = labelled("generated", 30);
const base = set("base", 30);
const scored = (more: Partial<Parameters<typeof score>[2]>, noHeldOut?: string) =>
  score(settings, extractor, { generated, real: labelled("real", 40), base, classes: ["a"], ...more }, 0, noHeldOut);

describe("score", () => {
  it("computes KID on all images up to 5000, and on 5000 evenly spaced ones of larger sets", () => {
    const few = labelled("real", 40);
    expect(scored({ real: few }).kid).toBe(kid(generated.features, few.features, D));
    const many = labelled("real", 10_000);
    const halved = Float32Array.from(
      { length: many.features.length / 2 },
      (_, i) => many.features[2 * (i - (i % D)) + (i % D)]!,
    );
    expect(scored({ real: many }).kid).toBe(kid(generated.features, halved, D));
  });

  it("has the scores of two sets alone where no images were held out", () => {
    const { scores, leftOut, perClass } = scored({});
    expect(Object.keys(scores!).sort()).toEqual(["coverage", "density", "precision", "recall"]);
    expect(leftOut).toBeUndefined();
    expect(perClass).toBeUndefined();
  });

  it("has held-out scores with their intervals where enough images were held out", () => {
    const enough = { generated: labelled("generated", 60), real: labelled("real", 90), heldOut: set("held out", 40) };
    const { scores, fidInterval } = scored(enough);
    expect(Object.keys(scores!)).toEqual(expect.arrayContaining(["heldOutFid", "heldOutKid", "copyRate"]));
    const { value, interval } = scores!.heldOutFid!;
    expect(interval![0]).toBeLessThanOrEqual(value);
    expect(interval![1]).toBeGreaterThanOrEqual(value);
    expect(interval).not.toEqual(fidInterval);
    const fewTraining = scored({ ...enough, real: labelled("real", 7) });
    expect(fewTraining.scores!.copyRate!.value).toBeGreaterThanOrEqual(0);
    expect(fewTraining.leftOut).toBeUndefined();
    const onTraining = scored({ ...enough, heldOut: enough.real.features });
    expect(onTraining.scores!.heldOutFid!.value).toBe(onTraining.fid);
  });

  it("leaves scores out, with the reason, where too few images were held out, or none", () => {
    const enough = { generated: labelled("generated", 60), real: labelled("real", 90) };
    const few = scored({ ...enough, heldOut: set("held out", 39) });
    const reason = "39 held-out images, fewer than 40";
    expect(few.leftOut).toEqual({ heldOutFid: reason, heldOutKid: reason, copyRate: reason });
    expect(few.scores).not.toHaveProperty("heldOutFid");
    expect(scored(enough, "none were").leftOut).toMatchObject({ heldOutFid: "none were", copyRate: "none were" });
  });

  it("has the FID of each class with enough samples and training images", () => {
    const classes = ["a", "b"];
    const both = scored({ generated: labelled("generated", 80, 2), real: labelled("real", 90, 2), classes });
    expect(both.perClassImages).toEqual({ a: { generated: 40, real: 45 }, b: { generated: 40, real: 45 } });
    const rows = (x: Float32Array, c: number) => x.filter((_, i) => Math.floor(i / D) % 2 === c);
    const [x, y] = [labelled("generated", 80, 2), labelled("real", 90, 2)];
    const one = scored({
      generated: { features: rows(x.features, 1), labels: new Int32Array(40) },
      real: { features: rows(y.features, 1), labels: new Int32Array(45) },
    });
    expect(both.perClass!.b).toBe(one.fid);
    const uneven = scored({ generated: labelled("generated", 79, 2), real: labelled("real", 90, 2), classes });
    expect(Object.keys(uneven.perClass!)).toEqual(["a"]);
    expect(uneven.leftOut).toBeUndefined();
    const none = scored({ generated: labelled("generated", 60, 2), real: labelled("real", 90, 2), classes });
    expect(none.leftOut).toEqual({ perClass: "no class has 40 samples and 40 training images" });
  });
});
