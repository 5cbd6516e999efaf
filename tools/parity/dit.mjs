// Compares the DiT of `bench predict` with stored outputs of the official code, with plain PyTorch and with diffusers'
// DiTTransformer2DModel.

import { execFileSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { largestDifference, runBench, runPython, tensorsOf, top } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "dit";
export const usesEngine = true;

const fixtures = join(top, "packages/dit/src/fixtures");

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size, engine: engineName }) {
  const output = join(folder, "predicted.safetensors");
  /** @type {(weights: string, inputs: string, ...more: string[]) => any} */
  const predict = (weights, inputs, ...flags) =>
    runBench(
      ...["predict", "--engine", engineName, "--weights", weights, "--inputs", inputs, "--output", output, ...flags],
    );
  const difference = (/** @type {string} */ file, /** @type {string} */ tensor) =>
    largestDifference(tensorsOf(output)("out"), tensorsOf(file)(tensor));

  if (size === "tiny") {
    /** @type {(part: string, worst: number) => Row} */
    const row = (part, worst) => ({ part: `DiT, ${part}`, size: "width 64, 2 blocks", worst, tolerance: 1e-5 });
    const outputs = join(fixtures, "dit_outputs.safetensors");
    predict(join(fixtures, "dit_weights.safetensors"), join(fixtures, "dit_inputs.safetensors"), "--heads", "4");
    yield row("official code's stored outputs", difference(outputs, "out"));
    const expected = join(fixtures, "dit_train_checkpoint_expected.safetensors");
    predict(join(fixtures, "dit_train_checkpoint.pt"), expected, "--heads", "2");
    yield { ...row("official training checkpoint", difference(expected, "out_ema")), size: "width 16, 1 block" };
  }

  runPython(python, "dit.py", size, folder);
  const inputs = join(folder, `inputs-${size}.safetensors`);
  const outputs = join(folder, `outputs-${size}.safetensors`);
  const official = join(folder, `dit-${size}.pt`);
  const diffusers = join(folder, `diffusers-${size}`);
  /** @type {(part: string, worst: number) => Row} */
  const row = (part, worst) => ({
    part: `DiT, ${part}`,
    size: size === "true" ? "DiT-XL/2" : "width 64, 2 blocks",
    worst,
    tolerance: size === "true" ? 1e-4 : 1e-5,
  });
  const heads = size === "tiny" ? ["--heads", "4"] : [];
  const firstRun = predict(official, inputs, ...heads);
  yield row("official names (.pt), PyTorch", difference(outputs, "out"));
  predict(diffusers, inputs);
  yield row(
    "diffusers' folder, its model with the official frequencies and epsilon",
    difference(outputs, "out_as_official"),
  );
  predict(diffusers, inputs, "--forward", "diffusers");
  yield row("diffusers' folder, its model as it is (--forward diffusers)", difference(outputs, "out_diffusers"));
  rmSync(diffusers, { recursive: true });
  if (size !== "true") return;

  const loadReport = JSON.parse(
    execFileSync(process.execPath, [join(top, "tools/measure-checkpoint.mjs"), "--load", official], {
      encoding: "utf8",
    }),
  );
  /** @type {(part: string, worst: number, tolerance: number, unit: string) => Row} */
  const limitRow = (part, worst, tolerance, unit) => ({ ...row(part, worst), tolerance, unit });
  yield limitRow(
    "memory for loading its .pt over the file's size",
    loadReport.peak / statSync(official).size,
    1.3,
    "times",
  );
  yield limitRow("from the .pt to the first output", firstRun.firstSeconds, 60, "s");
  yield limitRow("predicting, peak memory", firstRun.peakMemoryMB / 1e3, 12, "GB");
}
