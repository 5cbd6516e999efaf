// Helpers of the parts of the parity table: they run programs, read tensors and compute differences.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { float32, readSafetensors } from "@dit-bench/weights";

export const top = fileURLToPath(new URL("../..", import.meta.url));

/** @typedef {ArrayLike<number> & Iterable<number>} Numbers */

/**
 * Runs a Python script of this folder and returns its stdout; its stderr is passed on.
 *
 * @param {string} python
 * @param {string} script
 * @param {string[]} args
 */
export function runPython(python, script, ...args) {
  return execFileSync(python, [join(top, "tools/parity", script), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/**
 * Runs `bench … --json` and returns the parsed last line of its output.
 *
 * @param {string[]} args
 * @returns {any} its fields depend on the command
 */
export function runBench(...args) {
  const out = execFileSync(process.execPath, [join(top, "packages/cli/bin/bench.js"), ...args, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 28,
  });
  return JSON.parse(lastLine(out));
}

/** @param {string} output of a program */
export const lastLine = (output) => output.trim().split("\n").at(-1) ?? "";

/**
 * Returns a function that reads tensors of a safetensors file as numbers.
 *
 * @param {string} path
 */
export function tensorsOf(path) {
  const { tensors } = readSafetensors(path);
  const tensor = (/** @type {string} */ name) => {
    const found = tensors.get(name);
    if (!found) throw new Error(`${path} has no tensor '${name}'`);
    return found;
  };
  const numbers = (/** @type {string} */ name) => {
    const found = tensor(name);
    return found.type === "F32" ? float32(found) : Float32Array.from(found.data, Number);
  };
  return Object.assign(numbers, {
    names: [...tensors.keys()],
    shape: (/** @type {string} */ name) => tensor(name).shape,
  });
}

/**
 * Converts values of an engine to float32.
 *
 * @param {Iterable<number>} values
 */
export const numbersOf = (values) => Float32Array.from(values);

/**
 * The largest absolute difference; NaN if a number is NaN.
 *
 * @param {Numbers} ours
 * @param {Numbers} reference
 * @throws if the counts differ
 */
export function largestDifference(ours, reference) {
  if (ours.length !== reference.length)
    throw new Error(`${ours.length} numbers, but the reference has ${reference.length}`);
  let largest = 0;
  for (let i = 0; i < ours.length; i++) {
    const difference = Math.abs(ours[i] - reference[i]);
    if (Number.isNaN(difference)) return difference;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/**
 * Returns the largest absolute difference divided by the largest absolute value of the reference.
 *
 * @param {Numbers} ours
 * @param {Numbers} reference
 */
export function relativeDifference(ours, reference) {
  let largest = 0;
  for (const v of reference) largest = Math.max(largest, Math.abs(v));
  return largestDifference(ours, reference) / largest;
}

/** Peak memory of this process. */
export const peakGB = () => (process.resourceUsage().maxRSS * 1024) / 1e9;
