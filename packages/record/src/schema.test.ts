// Tests that the schema accepts valid records and refuses invalid ones.

import { expect, test } from "vitest";
import { exampleRecord } from "./example.test.data.ts";
import { recordSchema } from "./index.ts";

test("recordSchema accepts a finished and a diverged run", () => {
  expect(recordSchema.safeParse(exampleRecord()).error).toBeUndefined();
  expect(recordSchema.safeParse(divergedRecord()).error).toBeUndefined();
});

test("recordSchema accepts the optional scores, held-out images and FID over training", () => {
  const { metrics, data, training, ...rest } = exampleRecord();
  const record = {
    ...rest,
    data: { ...data, heldOut: { share: 0.2, images: 102, fingerprint: "e".repeat(64) } },
    training: {
      ...training,
      fid: [
        { step: 0, value: 70.5, samples: 100 },
        { step: 300, value: 25, samples: 100, heldOut: 26 },
      ],
    },
    metrics: {
      ...metrics!,
      scores: { precision: { value: 0.6 }, copyRate: { value: 0.05, interval: [0.02, 0.09] } },
      leftOut: { heldOutFid: "8 held-out images, fewer than 40" },
      perClass: { daisy: 30.5 },
      perClassImages: { daisy: { generated: 60, real: 80 } },
    },
  };
  expect(recordSchema.safeParse(record).error).toBeUndefined();
});

test.each([
  [
    "a score that is no number",
    { ...exampleRecord(), metrics: { ...exampleRecord().metrics, scores: { recall: { value: Number.NaN } } } },
    "recall",
  ],
  ["a finished run without metrics", { ...exampleRecord(), metrics: null }, "metrics"],
  ["a diverged run with metrics", { ...divergedRecord(), metrics: exampleRecord().metrics }, "metrics"],
  ["an unknown field", { ...exampleRecord(), metrix: null }, "metrix"],
  ["a missing field", { ...exampleRecord(), protocol: undefined }, "protocol"],
  ["a date without a time", { ...exampleRecord(), startedAt: "2026-01-05" }, "startedAt"],
  [
    "a digest that is not a SHA-256",
    { ...exampleRecord(), weights: { ...exampleRecord().weights, base: "abc" } },
    "SHA-256",
  ],
  [
    "a finished run without trained weights",
    { ...exampleRecord(), weights: { ...exampleRecord().weights, trained: null } },
    "trained",
  ],
  [
    "more trainable weights than the model has",
    { ...exampleRecord(), parameters: { trainable: 11, classEmbedding: 1, model: 10 } },
    "at most as many",
  ],
  [
    "more weights in the class embedding than trainable weights",
    { ...exampleRecord(), parameters: { trainable: 5, classEmbedding: 6, model: 10 } },
    "class embedding",
  ],
  [
    "an interval with low above high",
    { ...exampleRecord(), metrics: { ...exampleRecord().metrics, fidInterval: [2, 1] } },
    "low <= high",
  ],
])("recordSchema refuses %s and names the field", (_, record, field) => {
  const result = recordSchema.safeParse(record);
  expect(result.success).toBe(false);
  expect(JSON.stringify(result.error?.issues)).toContain(field);
});

const tuning = {
  option: "rank",
  values: [4, 8, "all"],
  runs: 6,
  datasets: ["flowers"],
  seed: 1000,
  criterion: "heldOutFid",
  protocol: "mini/1",
  sweep: "d".repeat(64),
  defaultIsBest: [{ method: "vpt", label: "VPT-Deep", runs: 6 }],
};

test("recordSchema accepts how a setting was tuned, by two values or more and a known score", () => {
  expect(recordSchema.safeParse({ ...exampleRecord(), tuning }).error).toBeUndefined();
  for (const [name, wrong] of Object.entries({ values: [4], criterion: "kid", runs: 0 })) {
    const { error } = recordSchema.safeParse({ ...exampleRecord(), tuning: { ...tuning, [name]: wrong } });
    expect(error?.issues.map(({ path }) => path)).toEqual([["tuning", name]]);
  }
});

function divergedRecord() {
  const record = exampleRecord();
  return {
    ...record,
    exit: "diverged",
    metrics: null,
    weights: { ...record.weights, trained: null },
    times: { ...record.times, sample: null, features: null, score: null },
    training: {
      ...record.training,
      loss: [
        { step: 0, value: 1.2 },
        { step: 10, value: null },
      ],
    },
  };
}
