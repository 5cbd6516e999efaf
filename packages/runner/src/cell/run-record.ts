// The record that a run leaves when it ends.

import { CLASS_EMBEDDING } from "@dit-bench/dit";
import { type Adapted, labelOf, size } from "@dit-bench/method";
import type { RunMetrics, RunRecord } from "@dit-bench/record";
import type { Dataset } from "../recipe/dataset.ts";
import type { Trained } from "../training/train.ts";
import { codeState, machine, versions } from "./provenance.ts";
import type { RunTask } from "./run-cell.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** What is known before training. */
export interface Beginning {
  readonly task: RunTask;
  readonly adapted: Adapted;
  readonly data: Dataset;
  readonly startedAt: Date;
  readonly identity: string;
  /** SHA-256 of the weight files. */
  readonly base: string;
  readonly extractor: string;
  /** Undefined where the model works on pixels. */
  readonly autoencoder: string | undefined;
}

/** What a run has that did not diverge: its metrics, and the file of trained weights. */
export interface Outcome {
  readonly metrics: RunMetrics;
  readonly weights: { readonly sha256: string; readonly bytes: number };
}

/** @param outcome null where the run diverged */
export function recordOf(
  b: Beginning,
  trained: Omit<Trained, "ema">,
  clock: Stopwatch,
  outcome: Outcome | null,
): RunRecord {
  const { task, adapted, data } = b;
  const { settings, protocol } = task.recipe;
  const total = (w: readonly { readonly shape: readonly number[] }[]) =>
    w.reduce((sum, { shape }) => sum + size(shape), 0);
  const seconds = (name: string) => round(clock.laps[name] ?? 0, 3);
  const finished = outcome !== null;
  const { fixedBatchLoss, continuedFrom } = trained;
  return {
    schema: 1,
    protocol: data.source === "folder" ? `${protocol} on own images` : protocol,
    identity: b.identity,
    recipe: settings.name,
    miniature: settings.miniature,
    cell: {
      method: adapted.method.name,
      methodLabel: labelOf(adapted.method, adapted.options),
      methodSource: task.method.from,
      options: adapted.options as Record<string, unknown>,
      dataset: data.name,
      datasetTitle: data.title,
      seed: task.seed,
    },
    data: {
      source: data.source,
      classes: [...data.classes],
      images: data.labels.length,
      size: data.size,
      fingerprint: data.fingerprint,
      skipped: data.skipped,
    },
    settings,
    code: codeState(),
    versions: versions(),
    machine: machine(task.engine.adapter),
    engine: { name: task.engine.name, threads: task.engine.threads },
    otherLoad: round(trained.otherLoad, 2),
    weights: {
      base: b.base,
      extractor: b.extractor,
      ...(b.autoencoder === undefined ? {} : { autoencoder: b.autoencoder }),
      trained: outcome?.weights.sha256 ?? null,
      ...(outcome ? { trainedBytes: outcome.weights.bytes } : {}),
    },
    parameters: {
      trainable: adapted.parameters,
      classEmbedding: total(adapted.trainable.filter((w) => w.name === CLASS_EMBEDDING)),
      model: total(adapted.trainable) + total(adapted.frozen),
    },
    times: {
      data: seconds("data"),
      ...(b.autoencoder === undefined ? {} : { latents: seconds("latents") }),
      compile: round(trained.compileSeconds, 3),
      train: round(trained.seconds, 3),
      sample: finished ? seconds("sample") : null,
      features: finished ? seconds("features") : null,
      score: finished ? seconds("score") : null,
      total: round((Date.now() - b.startedAt.getTime()) / 1e3, 3),
    },
    stepMilliseconds: round(trained.stepMilliseconds, 2),
    peakMemoryMB: round((process.resourceUsage().maxRSS * 1024) / 1e6, 1),
    training: {
      steps: trained.losses.length,
      batch: settings.training.batch,
      learningRate: adapted.method.learningRate * settings.training.learningRateScale,
      resumes: trained.resumes,
      loss: thinned(trained.losses),
      fixedBatchLoss: fixedBatchLoss.map(({ step, value }) => ({
        step,
        value: value === null ? null : round(value, 6),
      })),
      ...(continuedFrom ? { continuedFrom } : {}),
    },
    metrics: outcome?.metrics ?? null,
    exit: finished ? "finished" : "diverged",
    startedAt: b.startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
  };
}

/** At most sixty points of the loss, each the mean of the steps since the previous point. */
function thinned(losses: readonly number[]): { step: number; value: number | null }[] {
  const stride = Math.ceil(losses.length / 60);
  return Array.from({ length: Math.ceil(losses.length / stride) }, (_, i) => {
    const part = losses.slice(i * stride, (i + 1) * stride);
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return { step: i * stride + part.length, value: Number.isFinite(mean) ? round(mean, 6) : null };
  });
}

const round = (x: number, digits: number): number => Math.round(x * 10 ** digits) / 10 ** digits;
