// Compares one DiffFit training step (hybrid loss and AdamW) with plain PyTorch on the same random weights and batch.
//
// N = batch, D = width

import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { adamwCoefficients, linearSchedule, trainingCoefficients } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach } from "@dit-bench/method";
import difffit from "@dit-bench/method-difffit";
import { openDit } from "@dit-bench/runner";
import { denoisingStep, initialState, trainingStep } from "@dit-bench/runner/parts";
import { peakGB, relativeDifference, runPython, tensorsOf } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "difffit-step";
export const usesEngine = true;

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size, engine: engineName }) {
  runPython(python, "step.py", "step", size, folder);
  const reference = tensorsOf(join(folder, `step-${size}.safetensors`));
  const { config, read } = await openDit(join(folder, `dit-${size}.pt`), size === "tiny" ? { heads: 4 } : {});
  const adapted = attach(difffit, ditModel(config));
  const N = reference.shape("x0")[0];
  const optimizer = { lr: 1e-3, betas: /** @type {const} */ ([0.9, 0.999]), eps: 1e-8, weightDecay: 0 };
  const engine = await createEngine(engineName);
  const step = denoisingStep(adapted, config, read(), N, { optimizer, emaDecay: 0.9 });
  const compiled = await engine.compile(...trainingStep(step));
  const start = Object.fromEntries(adapted.trainable.map(({ name }) => [name, reference(`start.${name}`)]));
  await compiled.setState(initialState(adapted.trainable, start));
  const t = Int32Array.from(reference("t"));
  const inputs = {
    x0: reference("x0"),
    noise: reference("noise"),
    t: Float32Array.from(t),
    y: Int32Array.from(reference("y")),
    ...prefixed("q", trainingCoefficients(linearSchedule(), t)),
    ...prefixed("adamw", adamwCoefficients(1, optimizer)),
  };
  const { loss } = await compiled.run(inputs);
  const state = await compiled.getState();
  const begin = performance.now();
  await compiled.run(inputs);
  const seconds = (performance.now() - begin) / 1e3;
  await compiled.dispose();

  /** @type {(part: string, worst: number, tolerance: number, unit?: string) => Row} */
  const row = (part, worst, tolerance, unit) => ({
    part: `DiffFit step, ${part}`,
    size: size === "true" ? "DiT-XL/2, batch 1" : `width 64, 2 blocks, batch ${N}`,
    worst,
    tolerance,
    ...(unit ? { unit } : {}),
  });
  yield row("loss, relative", relativeDifference(loss, reference("loss")), 1e-5);
  // After one step the first moment is a tenth of the gradient.
  let gradientDifference = 0;
  let weightDifference = 0;
  let undecidedCount = 0;
  let offset = 0;
  for (const { name, shape } of adapted.trainable) {
    const n = shape.reduce((a, b) => a * b, 1);
    const gradient = reference(`grad.${name}`);
    const referenceAfter = reference(`after.${name}`);
    const ours = state.moment1.subarray(offset, offset + n).map((m) => 10 * m);
    const largestGradient = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const D = config.width;
    for (let i = 0; i < n; i++) {
      if (name.endsWith("attn.qkv.bias") && i >= D && i < 2 * D) continue; // bias of the keys: its true gradient is 0
      gradientDifference = Math.max(gradientDifference, Math.abs(ours[i] - gradient[i]) / largestGradient);
      // Adam's first step is the gradient's sign. Rounding decides the sign near zero, so such weights are skipped.
      if (Math.abs(gradient[i]) < 1e-4 * largestGradient && gradient[i] !== 0) undecidedCount++;
      else weightDifference = Math.max(weightDifference, Math.abs(state.weights[offset + i] - referenceAfter[i]));
    }
    offset += n;
  }
  const total = adapted.parameters.toLocaleString("en");
  yield row("gradients, relative to the largest of their tensor", gradientDifference, size === "true" ? 1e-4 : 1e-5);
  yield {
    ...row("weights after AdamW at 1e-3", weightDifference, 5e-5),
    note:
      `${undecidedCount.toLocaleString("en")} of ${total} weights left out: their gradient is below 1e-4 of their ` +
      "tensor's largest, and its sign decides",
  };
  if (size !== "true") return;
  yield row("a step, peak memory of the process", peakGB(), 12, "GB");
  process.stderr.write(`difffit-step: ours ${seconds.toFixed(2)} s a step\n`);
}

/**
 * @param {string} prefix
 * @param {Record<string, Float32Array>} values
 */
const prefixed = (prefix, values) =>
  Object.fromEntries(Object.entries(values).map(([name, v]) => [`${prefix}.${name}`, v]));
