// The trained weights alone, and the facts beside them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@dit-bench/weights";
import { afterAll, expect, it } from "vitest";
import { safetensors } from "./safetensors.ts";
import { trainedRun } from "./trained-run.test.data.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-trained-"));
afterAll(() => rmSync(place, { recursive: true }));

it("has every trained weight of any method under its own name, with method, options and base model", async () => {
  const run = await trainedRun("adaptformer", { bottleneck: 2 });
  for (const { name, write } of safetensors.make(run, undefined).files) write(join(place, name));
  const { tensors, metadata } = readSafetensors(join(place, "trained.safetensors"));
  const { trainable } = run.adapted;
  expect([...tensors.keys()].sort()).toEqual(trainable.map(({ name }) => name).sort());
  for (const { name, shape } of trainable)
    expect(tensors.get(name)).toEqual({ type: "F32", shape, data: run.trained[name] });
  expect(metadata).toEqual({
    format: "pt",
    what: "moving average of the trained weights",
    method: "adaptformer",
    methodLabel: "Label",
    methodSource: "@dit-bench/method-adaptformer 0.1.0",
    options: '{"form":"parallel","bottleneck":2,"scale":0.1}',
    base: "base.safetensors of recipe mini",
    baseSha256: "a".repeat(64),
    recipe: "mini",
    protocol: "mini/1",
    identity: "1".repeat(64),
    dataset: "flowers",
    seed: "3",
    classes: '["rose","tulip","daisy"]',
  });
});
