// bench run: one cell.

import { join, relative } from "node:path";
import { replaceFile } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { type KeepState, loadMethod, planRun, productRate, runCell } from "@dit-bench/runner";
import { describePlan } from "../plan-text.ts";
import { duration, progress, stderrTerminal } from "../progress.ts";
import { counted, engineOf, recipeOf, wholeNumber } from "../settings.ts";
import { listenForSignals } from "../signals.ts";

export interface RunOptions {
  method: string;
  dataset: string;
  recipe: string;
  seed: string;
  set: string[];
  plugin: string[];
  data?: string;
  strict?: boolean;
  engine: string;
  threads?: string;
  out: string;
  keepState: KeepState;
  dryRun?: boolean;
  json?: boolean;
}

export async function run(options: RunOptions): Promise<void> {
  const { recipe, methodOptions } = recipeOf(options);
  const seed = wholeNumber("seed", options.seed, 0);
  const method = await loadMethod(options.method, options.plugin);
  const listener = progress(stderrTerminal(), listenForSignals());
  const engine = await engineOf(options, (text) => listener.note?.(text));
  const dataset = {
    name: options.dataset,
    ...(options.data ? { folder: options.data } : {}),
    strict: options.strict ?? false,
  };
  if (options.dryRun) {
    const rate = await productRate(engine);
    const { keepState } = options;
    const plan = await planRun(recipe, {
      method: method.method,
      options: methodOptions,
      dataset,
      productRate: rate,
      keepState,
    });
    process.stdout.write(describePlan(plan, engine));
    if (options.json) process.stdout.write(`${JSON.stringify(plan)}\n`);
    return;
  }
  try {
    const outcome = await runCell({
      recipe,
      method,
      options: methodOptions,
      dataset,
      seed,
      engine,
      out: options.out,
      listener,
      keepState: options.keepState,
      illustrations: ["loss.png"],
      illustrate: async (record, folder) => {
        const { lossCurve } = await import("@dit-bench/report");
        await replaceFile(join(folder, "loss.png"), await lossCurve(record, "png"));
      },
    });
    listener.clear();
    const { record, already, remade } = outcome;
    if (already) {
      const done = remade.length === 0 ? "nothing was done" : `made again: ${remade.join(", ")}`;
      process.stderr.write(`this run was finished before, on ${record.finishedAt.slice(0, 10)}; ${done}\n`);
    }
    const files = {
      record: outcome.recordPath,
      weights: outcome.weightsPath,
      sheet: outcome.sheetPath,
      loss: join(outcome.folder, "loss.png"),
    };
    process.stdout.write(summary(record, files));
    if (options.json) process.stdout.write(`${JSON.stringify({ ...figures(record), ...files, already, remade })}\n`);
  } finally {
    listener.clear();
  }
}

function figures(record: RunRecord) {
  const { fid, fidInterval, baseFid, kid, baseKid, extractor } = record.metrics!;
  return {
    method: record.cell.methodLabel,
    dataset: record.cell.dataset,
    seed: record.cell.seed,
    protocol: record.protocol,
    fid,
    fidInterval,
    baseFid,
    kid,
    baseKid,
    extractor,
    trainableParameters: record.parameters.trainable,
    seconds: record.times.total,
    skipped: record.data.skipped,
  };
}

function summary(record: RunRecord, files: Record<string, string>): string {
  const { cell, metrics, parameters, data, times } = record;
  const m = metrics!;
  const share = (100 * parameters.trainable) / parameters.model;
  const what =
    data.source === "miniature"
      ? "miniature"
      : `${counted(data.images, "image")} of ${counted(data.classes.length, "class")}${data.skipped > 0 ? `, ${counted(data.skipped, "file")} left out` : ""}`;
  const lines = [
    `${cell.methodLabel} on ${cell.datasetTitle} (${what}), seed ${cell.seed}`,
    "",
    `  FID          ${m.fid.toFixed(2)}   (${100 * m.intervalLevel} % interval ${m.fidInterval[0].toFixed(2)} to ${m.fidInterval[1].toFixed(2)}, ${m.generated} samples)`,
    `  base model   ${m.baseFid.toFixed(2)}   (not fine-tuned, sampled with its null class)`,
    `  KID          ${m.kid.toFixed(4)}   (base model ${m.baseKid.toFixed(4)})`,
    `  trained      ${parameters.trainable.toLocaleString("en")} of ${parameters.model.toLocaleString("en")} parameters (${share < 10 ? share.toPrecision(2) : share.toFixed(0)} %)`,
    `  time         ${duration(times.total)}`,
    ...Object.entries(files).map(([name, path]) => `  ${name.padEnd(12)} ${relative(process.cwd(), path) || path}`),
    "",
  ];
  if (m.fid > m.baseFid)
    lines.push(
      `Worse than the base model's own distance: fine-tuning has not helped here (${m.fid.toFixed(2)} against ${m.baseFid.toFixed(2)}).`,
      "",
    );
  if (record.miniature)
    lines.push(
      `${data.source === "miniature" ? "Model and pictures are miniatures" : "The model is a miniature"}: distances are those of ${m.extractor}, not Inception's, and compare with no published FID.`,
      "",
    );
  return lines.join("\n");
}
