// Formats the result of a finished run, as text and for the JSON output of `bench run`.

import { existsSync, statSync } from "node:fs";
import { formatBytes } from "@dit-bench/fetch";
import type { RunRecord } from "@dit-bench/record";
import { quantity } from "@dit-bench/text";
import { shownPath } from "./print.ts";
import { formatDuration } from "./progress.ts";
import { hangText } from "./text-layout.ts";

export interface RunFiles {
  readonly record: string;
  readonly weights: string;
  readonly sheet: string;
  readonly loss: string;
}

/** Returns the figures for the JSON output. */
export function figuresOf(record: RunRecord, files: RunFiles) {
  const { fid, fidInterval, baseFid, kid, baseKid, extractor, scores, leftOut, perClass } = record.metrics!;
  return {
    method: record.cell.methodLabel,
    dataset: record.cell.dataset,
    seed: record.cell.seed,
    protocol: record.protocol,
    ...{ fid, fidInterval, baseFid, kid, baseKid, extractor },
    ...{ scores, leftOut, perClass },
    images: record.data.images,
    heldOutImages: record.data.heldOut?.images ?? 0,
    skipped: record.data.skipped,
    trainableParameters: record.parameters.trainable,
    seconds: record.times.total,
    stepMilliseconds: record.stepMilliseconds,
    peakMemoryMB: record.peakMemoryMB,
    engine: record.engine,
    storedBytes: storedBytes(record, files.weights) ?? null,
  };
}

/** Returns the result as text. @param width width of the screen; if it is undefined, lines are not wrapped */
export function describeRun(record: RunRecord, files: RunFiles, width = process.stdout.columns): string {
  const { cell, metrics: m, parameters, data, times } = record;
  const share = (100 * parameters.trainable) / parameters.model;
  const skipped = data.skipped > 0 ? `, ${quantity(data.skipped, "file")} left out` : "";
  const what =
    data.source === "miniature"
      ? "miniature"
      : `${quantity(data.images, "image")} of ${quantity(data.classes.length, "class")}${skipped}`;
  const [low, high] = m!.fidInterval;
  const bytes = storedBytes(record, files.weights);
  const baseClasses = m!.baseLabels === undefined ? "its null class" : "its own classes";
  const rows = [
    [
      "FID",
      `${m!.fid.toFixed(2)}   ` +
        `(${100 * m!.intervalLevel} % interval ${low.toFixed(2)} to ${high.toFixed(2)}, ${m!.generated} samples)`,
    ],
    ["base model", `${m!.baseFid.toFixed(2)}   (not fine-tuned, sampled with ${baseClasses})`],
    ["KID", `${formatKid(m!.kid)}   (base model ${formatKid(m!.baseKid)})`],
    ...scoreRows(record),
    [
      "trained",
      `${parameters.trainable.toLocaleString("en")} of ${parameters.model.toLocaleString("en")} parameters ` +
        `(${share < 10 ? share.toPrecision(2) : share.toFixed(0)} %)`,
    ],
    [
      "cost",
      [
        `${formatDuration(times.total)} in all`,
        `${record.stepMilliseconds.toPrecision(3)} ms a step`,
        `peak memory ${formatBytes(1e6 * record.peakMemoryMB)}`,
        ...(bytes === undefined ? [] : [`${formatBytes(bytes)} stored`]),
      ].join(", "),
    ],
    ["engine", describeEngine(record)],
    ...Object.entries(files)
      .filter(([, path]) => existsSync(path))
      .map(([name, path]) => [name, shownPath(path)]),
  ];
  const wrapLine = (head: string, text: string) => (width ? hangText(head, text) : [head + text]);
  const notes: string[] = [];
  if (m!.fid > m!.baseFid)
    notes.push(
      `Worse than the base model's own FID (${m!.fid.toFixed(2)} against ${m!.baseFid.toFixed(2)}): ` +
        "fine-tuning has not helped here.",
    );
  if (record.miniature)
    notes.push(
      `${data.source === "miniature" ? "Model and images are miniatures" : "The model is a miniature"}: ` +
        `the FIDs are those of ${m!.extractor}, not of Inception, and not comparable with published FIDs.`,
    );
  return [
    ...wrapLine("", `${cell.methodLabel} on ${cell.datasetTitle} (${what}), seed ${cell.seed}`),
    "",
    ...rows.flatMap(([name, text]) => wrapLine(`  ${name!.padEnd(12)} `, text!)),
    "",
    ...notes.flatMap((note) => [...wrapLine("", note), ""]),
  ].join("\n");
}

/** An unbiased KID of nearly equal sets may be below 0. */
const formatKid = (kid: number): string => kid.toFixed(4).replace("-", "−");

/** The engine that trained and sampled, and where: `cpu, 2 threads` or `webgpu on NVIDIA H200`. */
const describeEngine = ({ engine, machine }: RunRecord): string =>
  machine.gpu === null ? `${engine.name}, ${quantity(engine.threads, "thread")}` : `${engine.name} on ${machine.gpu}`;

/** Returns the rows of the scores beside FID and KID, and of those that are left out. */
function scoreRows({ metrics, data }: RunRecord): string[][] {
  const { scores = {}, leftOut = {}, perClass, perClassImages, dimension, intervalLevel } = metrics!;
  const { heldOutFid, heldOutKid, copyRate, ...others } = scores;
  const rows: string[][] = [];
  if (heldOutFid && heldOutKid)
    rows.push([
      "held out",
      `FID ${heldOutFid.value.toFixed(2)}, KID ${formatKid(heldOutKid.value)}   ` +
        `(against ${quantity(data.heldOut!.images, "image")} that were not trained on)`,
    ]);
  const texts = Object.entries(others).map(([name, { value }]) => `${name} ${value.toFixed(2)}`);
  if (texts.length > 0) rows.push(["scores", `${texts.join(", ")}   (see docs/metrics.md)`]);
  if (copyRate) {
    const [low, high] = copyRate.interval!.map((x) => (100 * x).toFixed(1));
    // Samples without a copy do not show that others have none.
    const interval = low === high ? "no interval" : `${100 * intervalLevel} % interval ${low} to ${high} %`;
    rows.push(["copy rate", `${(100 * copyRate.value).toFixed(1)} %   (${interval}; about 5 % if nothing is copied)`]);
  }
  if (perClass && perClassImages) {
    const values = Object.values(perClass);
    const counts = Object.values(perClassImages).map(({ generated, real }) => Math.min(generated, real));
    const few =
      Math.min(...counts) <= dimension ? `, too few for ${dimension} features: compare equal numbers only` : "";
    rows.push([
      "per class",
      `FID ${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}   ` +
        `(${quantity(values.length, "class")}, at least ${Math.min(...counts)} images of each${few})`,
    ]);
  }
  if (Object.keys(leftOut).length > 0) rows.push(["left out", describeLeftOutScores(leftOut)]);
  return rows;
}

/** Returns the names of scores that are left out, grouped by reason. */
function describeLeftOutScores(leftOut: Readonly<Record<string, string>>): string {
  const reasons = [...new Set(Object.values(leftOut))];
  return reasons
    .map((reason) => {
      const names = Object.keys(leftOut).filter((name) => leftOut[name] === reason);
      return `${names.join(", ")}: ${reason}`;
    })
    .join("; ");
}

/** Returns the size of the trained weights. Records of early versions lack it; for these, the file is measured. */
function storedBytes(record: RunRecord, weights: string): number | undefined {
  return record.weights.trainedBytes ?? statSync(weights, { throwIfNoEntry: false })?.size;
}
