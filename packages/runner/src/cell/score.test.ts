// The metrics of a run.

import { kid } from "@dit-bench/metrics";
import { normals } from "@dit-bench/random";
import { expect, it } from "vitest";
import { score } from "./score.ts";

it("computes KID on all images up to 5000, and on 5000 evenly spaced ones of larger sets", () => {
  const D = 2;
  const set = (name: string, n: number) => normals(0, name, 0, n * D);
  const generated = set("generated", 30);
  const base = set("base", 30);
  const extractor = { id: "test", dimension: D, resizer: "none" };
  const settings = { resamples: 20, level: 0.95 };
  const few = set("real", 40);
  expect(score(settings, extractor, { generated, real: few, base }, 0).kid).toBe(kid(generated, few, D));
  const many = set("real", 10_000);
  const halved = Float32Array.from({ length: many.length / 2 }, (_, i) => many[2 * (i - (i % D)) + (i % D)]!);
  expect(score(settings, extractor, { generated, real: many, base }, 0).kid).toBe(kid(generated, halved, D));
});
