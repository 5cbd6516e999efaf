// Compares a guided sample of 50 DDPM steps with learned variance with plain PyTorch from the same noise.

import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { linearSchedule, respace, stepCoefficients } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { openDit } from "@dit-bench/runner";
import { samplerStep } from "@dit-bench/runner/parts";
import { numbersOf, peakGB, relativeDifference, runPython, tensorsOf } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "guided-sample";
export const usesEngine = true;

/** @type {Parameters<typeof samplerStep>[1]} */
const settings = { sampler: "ddpm", guidance: 4, guidedChannels: "three", clipDenoised: false };

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size, engine: engineName }) {
  runPython(python, "step.py", "sample", size, folder);
  const reference = tensorsOf(join(folder, `sample-${size}.safetensors`));
  const { config, read } = await openDit(join(folder, `dit-${size}.pt`), size === "tiny" ? { heads: 4 } : {});
  const N = reference.shape("z")[0];
  const network = { config, infos: ditModel(config).weights, values: read() };
  const engine = await createEngine(engineName);
  const compiled = await engine.compile(...samplerStep(network, settings, N));
  const noises = reference("noises");
  const states = reference("states");
  const y = Int32Array.from(reference("y"));
  const schedule = respace(linearSchedule(), String(reference.shape("noises")[0]));
  await compiled.setState({ x: reference("z") });
  const n = reference("z").length;
  let worst = 0;
  let lastDifference = 0;
  const start = performance.now();
  for (let k = 0; k < schedule.steps; k++) {
    const i = schedule.steps - 1 - k;
    const coefficients = Object.entries(stepCoefficients(schedule, "ddpm", i, 1));
    await compiled.run({
      y,
      t: new Float32Array(N).fill(schedule.timesteps[i]),
      noise: noises.slice(k * n, (k + 1) * n),
      ...Object.fromEntries(coefficients.map(([name, v]) => [`p.${name}`, v])),
    });
    const { x } = await compiled.getState();
    lastDifference = relativeDifference(numbersOf(x), states.slice(k * n, (k + 1) * n));
    worst = Math.max(worst, lastDifference);
  }
  const seconds = (performance.now() - start) / 1e3 / schedule.steps;
  await compiled.dispose();
  /** @type {(part: string, worst: number, tolerance: number, unit?: string) => Row} */
  const row = (part, worst, tolerance, unit) => ({
    part: `Guided sample of ${schedule.steps} steps, ${part}`,
    size: size === "true" ? "DiT-XL/2" : "width 64, 2 blocks",
    worst,
    tolerance,
    ...(unit ? { unit } : {}),
  });
  yield row("the result, relative to its largest value", lastDifference, 1e-4);
  yield row("x after each step, relative to its largest value", worst, 1e-4);
  if (size !== "true") return;
  yield row("peak memory of the process", peakGB(), 12, "GB");
  process.stderr.write(`guided-sample: ours ${seconds.toFixed(2)} s a step\n`);
}
