// Makes the record of a run.

import { CLASS_EMBEDDING } from "@dit-bench/dit";
import { size } from "@dit-bench/method";
import type { RunMetrics, RunRecord } from "@dit-bench/record";
import { rowLabel } from "../methods/learning-rate.ts";
import { addCosts, withCompilation } from "../training/costs.ts";
import type { Trained } from "../training/train.ts";
import { codeState, machine, versions } from "./provenance.ts";
import { spentOn } from "./spent.ts";
import type { PreparedCell } from "./stages/prepare.ts";
import type { WrittenWeights } from "./trained-weights.ts";

/** The results of a run that did not diverge in training. */
export interface RunResults {
  /** Null if it diverged in sampling. */
  readonly metrics: RunMetrics | null;
  readonly weights: WrittenWeights;
}

/** @param results null if the run diverged in training */
export function recordOf(cell: PreparedCell, trained: Omit<Trained, "ema">, results: RunResults | null): RunRecord {
  const { task, adapted, data, expected, startedAt, learningRate, ownRate } = cell;
  const { settings, protocol, variant } = task.recipe;
  const total = (w: readonly { readonly shape: readonly number[] }[]) =>
    w.reduce((sum, { shape }) => sum + size(shape), 0);
  const costs = addCosts(trained.earlierCosts, withCompilation(spentOn(cell), trained.compileSeconds));
  const seconds = (name: string) => round(costs.seconds[name] ?? 0, 3);
  const metrics = results?.metrics ?? null;
  const finished = metrics !== null;
  const { fixedBatchLoss, fid, continuedFrom } = trained;
  return {
    schema: 1,
    protocol: data.source === "folder" ? `${protocol} on own images` : protocol,
    identity: expected.identity,
    recipe: settings.name,
    miniature: settings.miniature,
    cell: {
      method: adapted.method.name,
      methodLabel: rowLabel(adapted.method, adapted.options, ownRate, variant),
      methodSource: task.method.from,
      options: adapted.options as Record<string, unknown>,
      dataset: data.name,
      datasetTitle: data.title,
      seed: task.seed,
      ...(variant && { variant: { name: variant.name, title: variant.title, settings: variant.settings } }),
    },
    data: {
      source: data.source,
      classes: [...data.classes],
      images: data.labels.length,
      size: data.size,
      fingerprint: data.fingerprint,
      skipped: data.skipped,
      ...(data.heldOut && {
        heldOut: {
          share: data.heldOut.share,
          images: data.heldOut.labels.length,
          fingerprint: data.heldOut.fingerprint,
        },
      }),
    },
    settings,
    code: codeState(),
    versions: versions(),
    machine: machine(task.engine.adapter),
    engine: { name: task.engine.name, threads: task.engine.threads },
    otherLoad: round(trained.otherLoad, 2),
    weights: {
      ...expected.weights,
      trained: results?.weights.sha256 ?? null,
      ...(results ? { trainedBytes: results.weights.bytes } : {}),
    },
    parameters: {
      trainable: adapted.parameters,
      classEmbedding: total(adapted.trainable.filter((w) => w.name === CLASS_EMBEDDING)),
      model: total(adapted.trainable) + total(adapted.frozen),
    },
    times: {
      data: seconds("data"),
      ...(expected.weights.autoencoder === undefined ? {} : { latents: seconds("latents") }),
      compile: seconds("compile"),
      train: round(trained.seconds, 3),
      sample: finished ? seconds("sample") : null,
      features: finished ? seconds("features") : null,
      score: finished ? seconds("score") : null,
      total: seconds("total"),
    },
    stepMilliseconds: round(trained.stepMilliseconds, 2),
    peakMemoryMB: round(costs.peakBytes / 1e6, 1),
    training: {
      steps: trained.losses.length,
      batch: settings.training.batch,
      learningRate,
      resumes: trained.resumes,
      loss: thinned(trained.losses),
      fixedBatchLoss: fixedBatchLoss.map(({ step, value }) => ({
        step,
        value: value === null ? null : round(value, 6),
      })),
      ...(fid && { fid: [...fid.points] }),
      ...(continuedFrom ? { continuedFrom } : {}),
    },
    ...(task.tuning === undefined ? {} : { tuning: task.tuning }),
    metrics,
    exit: finished ? "finished" : "diverged",
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
  };
}

/** At most 60 points of the loss curve, each the mean over the steps since the previous point. */
function thinned(losses: readonly number[]): { step: number; value: number | null }[] {
  const stride = Math.ceil(losses.length / 60);
  return Array.from({ length: Math.ceil(losses.length / stride) }, (_, i) => {
    const part = losses.slice(i * stride, (i + 1) * stride);
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return { step: i * stride + part.length, value: Number.isFinite(mean) ? round(mean, 6) : null };
  });
}

const round = (x: number, digits: number): number => Math.round(x * 10 ** digits) / 10 ** digits;
