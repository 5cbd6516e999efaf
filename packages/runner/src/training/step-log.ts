// What a training writes about each step, for other programs: `metrics.jsonl`, one JSON object a line. The checkpoint
// decides: when training starts or resumes, the file is written again up to the step of the checkpoint, so that it has
// every step once, whenever the process was killed.

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { replaceFileSync } from "@dit-bench/files";
import { parseJson } from "@dit-bench/text";
import type { Progress } from "./checkpoint.ts";

/** A line of `metrics.jsonl`. Fields that are not known are absent. */
export interface StepLine {
  /** Number of steps done. Line 0 has the fixed-batch loss before training. */
  readonly step: number;
  /** The loss of the last of these steps. JSON has null for a loss that is not finite. */
  readonly loss?: number;
  readonly learningRate?: number;
  readonly stepMilliseconds?: number;
  /** Loss of the moving average of the weights on the fixed batch, at some steps; null if it was not finite. */
  readonly fixedBatchLoss?: number | null;
}

export interface StepLog {
  append(line: StepLine): void;
  close(): void;
}

/** Opens a log. @param done the steps that the training does not repeat */
export type OpenStepLog = (done: readonly StepLine[]) => StepLog;

/** Opens several logs as one. */
export function openAll(...opens: readonly OpenStepLog[]): OpenStepLog {
  return (done) => {
    const logs = opens.map((open) => open(done));
    return {
      append(line) {
        for (const log of logs) log.append(line);
      },
      close() {
        for (const log of logs) log.close();
      },
    };
  };
}

/** The lines of the steps in a checkpoint, which has no times of single steps. @param learningRate at a step from 0 */
export function linesOf(
  { losses, fixedBatchLoss }: Pick<Progress, "losses" | "fixedBatchLoss">,
  learningRate: (step: number) => number,
): StepLine[] {
  const evaluated = new Map(fixedBatchLoss.map(({ step, value }) => [step, value]));
  const fixed = (step: number) => (evaluated.has(step) ? { fixedBatchLoss: evaluated.get(step)! } : {});
  const first = evaluated.has(0) ? [{ step: 0, ...fixed(0) }] : [];
  return [
    ...first,
    ...losses.map((loss, index) => ({
      step: index + 1,
      loss,
      learningRate: learningRate(index),
      ...fixed(index + 1),
    })),
  ];
}

/** Opens `metrics.jsonl`. Times of the steps that are done are taken from the file that an interrupted run left. */
export function jsonLines(path: string): OpenStepLog {
  return (done) => {
    const times = readTimes(path);
    const lines = done.map((line) => {
      const stepMilliseconds = times.get(line.step);
      return format(stepMilliseconds === undefined ? line : { ...line, stepMilliseconds });
    });
    replaceFileSync(path, [Buffer.from(lines.join(""))]);
    const file = openSync(path, "a");
    return {
      append: (line) => void writeSync(file, format(line)),
      close: () => closeSync(file),
    };
  };
}

/** One object with its keys in a fixed order. Numbers have nine digits, which is every digit of a float32. */
function format({ step, loss, learningRate, stepMilliseconds, fixedBatchLoss }: StepLine): string {
  const round = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(9)) : value);
  return `${JSON.stringify({ step, loss, learningRate, stepMilliseconds, fixedBatchLoss }, round)}\n`;
}

/** Milliseconds by step. Lines that are cut or belong to another program are passed over. */
function readTimes(path: string): Map<number, number> {
  const times = new Map<number, number>();
  for (const text of readLines(path)) {
    try {
      const { step, stepMilliseconds } = parseJson(text) as Partial<StepLine>;
      if (typeof step === "number" && typeof stepMilliseconds === "number") times.set(step, stepMilliseconds);
    } catch {} // the last line of a process that was killed
  }
  return times;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}
