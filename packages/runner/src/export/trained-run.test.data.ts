// A trained run of a small DiT in memory, with random weights in place of trained ones.

import { type DitConfig, ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { normals } from "@dit-bench/random";
import type { RunRecord } from "@dit-bench/record";
import type { TrainedRun } from "../cell/open-run.ts";
import { loadMethod } from "../methods/methods.ts";
import { loadRecipe, type RecipeSettings } from "../recipe/recipe.ts";
import { tinyConfig, tinyWeights } from "../training/tiny-dit.test.data.ts";

export const config: DitConfig = tinyConfig(2);

/** @param changes settings of the recipe */
export async function trainedRun(
  method: string,
  options: object = {},
  changes: Partial<RecipeSettings> = {},
): Promise<TrainedRun> {
  const loaded = await loadMethod(method);
  const adapted = attach(loaded.method, ditModel(config), options);
  const base = tinyWeights(config);
  const noise = (name: string, n: number) => normals(7, name, 0, n).map((z) => 0.1 * z);
  const trained = Object.fromEntries(
    adapted.trainable.map(({ name, shape }) => {
      const start = base[name];
      return [name, noise(name, size(shape)).map((z, i) => z + (start?.[i] ?? 0))];
    }),
  );
  const recipe = loadRecipe("mini");
  const settings = { ...recipe.settings, model: { ...config, learnSigma: true as const }, ...changes };
  return {
    folder: "a-run",
    record: recordOf(method, adapted.options, settings),
    recipe: { ...recipe, settings },
    adapted,
    config,
    base,
    trained,
    notes: [],
  };
}

const recordOf = (method: string, options: object, settings: RecipeSettings): RunRecord => ({
  schema: 1,
  protocol: "mini/1",
  identity: "1".repeat(64),
  recipe: "mini",
  miniature: true,
  cell: {
    method,
    methodLabel: "Label",
    methodSource: `@dit-bench/method-${method} 0.1.0`,
    options: options as Record<string, unknown>,
    dataset: "flowers",
    datasetTitle: "Oxford Flowers-102",
    seed: 3,
  },
  data: {
    source: "miniature",
    classes: ["rose", "tulip", "daisy"],
    images: 600,
    size: 8,
    fingerprint: "f".repeat(64),
    skipped: 0,
  },
  settings,
  code: { version: "0.1.0", commit: "0123abc", clean: true },
  versions: {},
  machine: { cpu: "Example CPU", cores: 2, memoryGB: 8, gpu: null, os: "linux 6.1", arch: "x64", node: "20.19.0" },
  engine: { name: "cpu", threads: 2 },
  weights: { base: "a".repeat(64), extractor: "b".repeat(64), trained: "c".repeat(64) },
  parameters: { trainable: 1, classEmbedding: 1, model: 2 },
  times: { data: 0, compile: 0, train: 0, sample: 0, features: 0, score: 0, total: 0 },
  stepMilliseconds: 1,
  peakMemoryMB: 1,
  training: { steps: 1, batch: 1, resumes: 0, loss: [] },
  metrics: null,
  exit: "finished",
  startedAt: "2026-01-05T10:00:00.000Z",
  finishedAt: "2026-01-05T10:00:44.100Z",
});
