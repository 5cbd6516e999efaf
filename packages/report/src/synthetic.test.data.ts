// Synthetic records for this package's tests: plausible methods on the eight datasets of the DiffFit paper.

import type { RunRecord } from "@dit-bench/record";

export interface SyntheticMethod {
  method: string;
  label: string;
  /** Trainable weights without the class embedding. */
  weights: number;
  /** FID relative to full fine-tuning. */
  quality: number;
  /** Training time relative to full fine-tuning. */
  time: number;
}

export const methods: SyntheticMethod[] = [
  { method: "full", label: "Full", weights: 1_803_000, quality: 1, time: 1 },
  { method: "bitfit", label: "BitFit", weights: 20_000, quality: 1.06, time: 0.56 },
  { method: "lora", label: "LoRA-R8", weights: 25_100, quality: 2.1, time: 0.63 },
  { method: "adaptformer", label: "AdaptFormer", weights: 110_000, quality: 1.22, time: 0.61 },
  { method: "vpt", label: "VPT-Deep", weights: 40_200, quality: 1.5, time: 0.71 },
  { method: "difffit", label: "DiffFit", weights: 27_300, quality: 0.94, time: 0.6 },
];

export const datasets: [name: string, title: string, classes: number, fid: number][] = [
  ["food", "Food-101", 6, 10.5],
  ["sun", "SUN397", 8, 8.0],
  ["df20m", "DF-20M mini", 6, 17.3],
  ["caltech", "Caltech-101", 6, 35.3],
  ["cub", "CUB-200", 8, 5.7],
  ["artbench", "ArtBench-10", 4, 25.3],
  ["flowers", "Oxford Flowers", 6, 21.1],
  ["cars", "Stanford Cars", 6, 9.8],
];

export interface Selection {
  methods?: SyntheticMethod[];
  datasets?: string[];
  seeds?: number[];
}

/** One record per method, dataset and seed. Equal selections give equal records. */
export function syntheticRecords(selection: Selection = {}): RunRecord[] {
  const chosen = datasets.filter(([name]) => selection.datasets?.includes(name) ?? true);
  return (selection.methods ?? methods).flatMap((method) =>
    chosen.flatMap((dataset) => (selection.seeds ?? [0, 1, 2]).map((seed) => syntheticRecord(method, dataset, seed))),
  );
}

/**
 * Records with the given FIDs: `fids[label][dataset][seed]`, null for a diverged run and undefined for none. Intervals
 * reach 1 to both sides; the base model has 50 everywhere. The method is `full` for the label `Full`, else the label.
 */
export function recordsOf(fids: Record<string, Record<string, (number | null | undefined)[]>>): RunRecord[] {
  return Object.entries(fids).flatMap(([label, byDataset]) =>
    Object.entries(byDataset).flatMap(([dataset, values]) =>
      values.flatMap((fid, seed) => {
        if (fid === undefined) return [];
        const method = { method: label === "Full" ? "full" : label, label, weights: 1000, quality: 1, time: 1 };
        const [record] = syntheticRecords({ methods: [method], datasets: [dataset], seeds: [seed] });
        if (fid === null) return [diverged(record!)];
        const metrics = { ...record!.metrics!, fid, fidInterval: [fid - 1, fid + 1] as [number, number], baseFid: 50 };
        return [{ ...record!, metrics }];
      }),
    ),
  );
}

/** The record of the same run if it had diverged after a third of its steps. */
export function diverged(record: RunRecord): RunRecord {
  const steps = Math.round(record.training.steps / 3);
  return {
    ...record,
    exit: "diverged",
    metrics: null,
    weights: { ...record.weights, trained: null },
    times: { ...record.times, sample: null, features: null, score: null },
    training: {
      ...record.training,
      steps,
      loss: [...record.training.loss.filter(({ step }) => step < steps), { step: steps, value: null }],
    },
  };
}

/** The record with scores that not every run has; each interval reaches 0.01 to both sides. */
export function withScores(record: RunRecord, values: Readonly<Record<string, number>>): RunRecord {
  const scores = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, interval: [value - 0.01, value + 0.01] }]),
  );
  return { ...record, metrics: { ...record.metrics!, scores } as RunRecord["metrics"] };
}

function syntheticRecord(
  { method, label, weights, quality, time }: SyntheticMethod,
  [dataset, title, classes, level]: (typeof datasets)[number],
  seed: number,
): RunRecord {
  const noise = noiseOf(`${label} ${dataset} ${seed}`);
  const baseNoise = noiseOf(`base ${dataset} ${seed}`);
  const character = noiseOf(`${label} ${dataset}`)(); // how well this method suits this dataset, for every seed
  const fid = level * quality * (1 + 0.08 * character) * (1 + 0.03 * noise());
  const baseFid = (30 + 1.2 * level) * (1 + 0.02 * baseNoise());
  const classEmbedding = (classes + 1) * 96;
  const digest = (text: string) => text.repeat(64).slice(0, 64);
  const train = 31 * time * (1 + 0.02 * noise());
  return {
    schema: 1,
    protocol: "mini/1",
    identity: "1".repeat(64),
    recipe: "mini",
    miniature: true,
    cell: {
      method,
      methodLabel: label,
      methodSource: `@dit-bench/method-${method} 0.1.0`,
      options: {},
      dataset,
      datasetTitle: title,
      seed,
    },
    data: {
      source: "miniature",
      classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
      images: 600,
      size: 32,
      fingerprint: `drawn ${dataset}`,
      skipped: 0,
    },
    settings: { training: { steps: 300, batch: 16 } },
    code: { version: "0.1.0", commit: "0123abc", clean: true },
    versions: { "onnxruntime-node": "1.27.0" },
    machine: { cpu: "Example CPU", cores: 2, memoryGB: 8, gpu: null, os: "linux 6.1", arch: "x64", node: "20.19.0" },
    engine: { name: "cpu", threads: 2 },
    weights: { base: digest("a"), extractor: digest("b"), trained: digest("c") },
    parameters: { trainable: weights + classEmbedding, classEmbedding, model: 1_803_000 + classEmbedding },
    times: { data: 0.5, compile: 1.5, train, sample: 10, features: 2, score: 0.1, total: train + 14.1 },
    stepMilliseconds: (train / 300) * 1000,
    peakMemoryMB: 700,
    training: { steps: 300, batch: 16, resumes: 0, loss: lossOf(noise) },
    metrics: {
      extractor: "mini-extractor/1",
      dimension: 128,
      resizer: "none",
      generated: 512,
      real: 600,
      fid,
      fidInterval: [fid * 0.97, fid * 1.04],
      intervalLevel: 0.95,
      kid: fid / 1000 - 0.01,
      baseFid,
      baseFidInterval: [baseFid * 0.98, baseFid * 1.02],
      baseKid: baseFid / 1000,
      baseGenerated: 512,
    },
    exit: "finished",
    startedAt: "2026-01-05T10:00:00.000Z",
    finishedAt: "2026-01-05T10:00:44.100Z",
  };
}

function lossOf(noise: () => number): { step: number; value: number }[] {
  return Array.from({ length: 300 }, (_, step) => ({
    step,
    value: (0.14 + 0.2 * 0.5 ** (step / 25)) * (1 + 0.25 * noise()),
  }));
}

/**
 * A generator of numbers in [-1, 1) seeded by a text: linear congruential modulo 2^32 (Knuth, TAOCP 2, 3.3.4), with the
 * high bits folded in.
 */
function noiseOf(text: string): () => number {
  let state = 0;
  const next = (added: number) => {
    state = (Math.imul(state ^ (state >>> 15), 1_664_525) + 1_013_904_223 + added) >>> 0;
    return (2 * state) / 2 ** 32 - 1;
  };
  for (const character of `${text}....`) next(character.codePointAt(0)!);
  return () => next(0);
}
