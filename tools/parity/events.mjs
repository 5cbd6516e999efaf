// Writes event files of a training that is interrupted and resumed, and lets TensorBoard's own package read them.

import { join } from "node:path";
import { eventLog } from "@dit-bench/runner/parts";
import { runPython } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "events";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  const steps = size === "true" ? 5_000 : 300;
  const run = join(folder, `events-${size}`);
  // The first process is killed after 3/4 of the steps, and the second continues from a checkpoint at 1/2.
  write(run, 0, Math.floor(0.75 * steps), 0);
  write(run, Math.floor(0.5 * steps), steps, 1);
  /** @type {Record<string, [step: number, value: number][]>} */
  const curves = JSON.parse(runPython(python, "events.py", run));
  /** @type {(found: [number, number][] | undefined, wanted: [number, number][]) => number} */
  const wrong = (found = [], wanted) =>
    Math.abs(found.length - wanted.length) +
    wanted.filter(([step, value], i) => found[i]?.[0] !== step || found[i]?.[1] !== Math.fround(value)).length;
  const all = Array.from({ length: steps }, (_, i) => i + 1);
  const resumedAt = Math.floor(0.5 * steps);
  /** @type {Record<string, [number, number][]>} */
  const wanted = {
    "train/loss": all.map((step) => [step, loss(step, step > resumedAt ? 1 : 0)]),
    "train/learning_rate": all.map((step) => [step, 1e-3]),
    "train/step_milliseconds": all.map((step) => [step, 7.125]),
  };
  for (const [tag, points] of Object.entries(wanted))
    yield {
      part: `TensorBoard's event files, ${tag}, read by tensorboard after a kill and a resume`,
      size: `${steps.toLocaleString("en")} steps`,
      worst: wrong(curves[tag], points),
      tolerance: 0,
      unit: "wrong",
    };
}

/** @type {(step: number, process: number) => number} */
const loss = (step, process) => 1 / step + process;

/**
 * Writes the steps of one process, from a checkpoint on.
 *
 * @type {(run: string, checkpoint: number, last: number, process: number) => void}
 */
function write(run, checkpoint, last, process) {
  const done = Array.from({ length: checkpoint }, (_, i) => ({ step: i + 1, loss: loss(i + 1, process) }));
  const log = eventLog(run)(done);
  for (let step = checkpoint + 1; step <= last; step++)
    log.append({ step, loss: loss(step, process), learningRate: 1e-3, stepMilliseconds: 7.125 });
  log.close();
}
