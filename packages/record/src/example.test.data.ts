// A record for the tests of this package.

import type { RunRecord } from "./schema.ts";

export function exampleRecord({ seed = 0 } = {}): RunRecord {
  return {
    schema: 1,
    protocol: "mini/1",
    identity: "1".repeat(64),
    recipe: "mini",
    miniature: true,
    cell: {
      method: "lora",
      methodLabel: "LoRA-R8",
      methodSource: "@dit-bench/method-lora 0.1.0",
      options: { rank: 8, alpha: 8 },
      dataset: "flowers",
      datasetTitle: "Oxford Flowers",
      seed,
    },
    data: {
      source: "miniature",
      classes: ["daisy", "tulip"],
      images: 512,
      size: 32,
      fingerprint: "f".repeat(64),
      skipped: 0,
    },
    settings: { training: { steps: 300, batch: 16 }, sampling: { steps: 50, guidance: 1.5 } },
    code: { version: "0.1.0", commit: "0123abc", clean: true },
    versions: { "onnxruntime-node": "1.27.0", "@tensorflow/tfjs": "4.22.0" },
    machine: { cpu: "Example CPU", cores: 2, memoryGB: 8, gpu: null, os: "linux 6.1", arch: "x64", node: "20.19.0" },
    engine: { name: "cpu", threads: 2 },
    weights: { base: "a".repeat(64), extractor: "b".repeat(64), trained: "c".repeat(64) },
    parameters: { trainable: 25_000, classEmbedding: 480, model: 1_800_000 },
    times: { data: 0.5, compile: 1.5, train: 30, sample: 10, features: 2, score: 0.1, total: 44.1 },
    stepMilliseconds: 95,
    peakMemoryMB: 700,
    training: {
      steps: 300,
      batch: 16,
      resumes: 0,
      loss: [
        { step: 0, value: 0.31 },
        { step: 10, value: 0.25 },
      ],
    },
    metrics: {
      extractor: "mini-extractor/1",
      dimension: 128,
      resizer: "none",
      generated: 512,
      real: 512,
      fid: 23.5,
      fidInterval: [22.4, 24.9],
      intervalLevel: 0.95,
      kid: -0.0012,
      baseFid: 71.25,
      baseFidInterval: [69, 73.5],
      baseKid: 0.11,
      baseGenerated: 512,
    },
    exit: "finished",
    startedAt: "2026-01-05T10:00:00.000Z",
    finishedAt: "2026-01-05T10:00:44.100Z",
  };
}
