// Tests that the package exports all of tensorflow.js, and the same objects.

import { createRequire } from "node:module";
import { expect, it } from "vitest";
import * as tf from "./index.js";

it("exports what tensorflow.js exports", () => {
  const original = createRequire(import.meta.url)("@tensorflow/tfjs") as Record<string, unknown>;
  expect(Object.keys(tf).sort()).toEqual(Object.keys(original).sort());
  for (const [name, value] of Object.entries(tf)) expect(value, name).toBe(original[name]);
});

it("shares its state with an import of tensorflow.js", async () => {
  const imported = await import("@tensorflow/tfjs");
  expect(imported.engine()).toBe(tf.engine());
});
