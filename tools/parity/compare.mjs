// What the parts of the parity table share.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { float32, readSafetensors } from "@dit-bench/weights";

export const top = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a script of this folder; what it says on stderr is passed on, what it prints is returned. */
export function runPython(python, script, ...args) {
  return execFileSync(python, [join(top, "tools/parity", script), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The last line of `bench … --json`. */
export function bench(...args) {
  const out = execFileSync(process.execPath, [join(top, "packages/cli/bin/bench.js"), ...args, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 28,
  });
  return JSON.parse(out.trim().split("\n").at(-1));
}

/** A function that reads tensors of a file as numbers. */
export function tensorsOf(path) {
  const { tensors } = readSafetensors(path);
  const numbers = (name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`${path} has no tensor '${name}'`);
    return tensor.type === "F32" ? float32(tensor) : Array.from(tensor.data, Number);
  };
  return Object.assign(numbers, { names: [...tensors.keys()], shape: (name) => tensors.get(name).shape });
}

/** The largest difference; NaN where there is one. */
export function furthest(ours, theirs) {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} numbers, wanted ${theirs.length}`);
  let most = 0;
  for (let i = 0; i < ours.length; i++) {
    const apart = Math.abs(ours[i] - theirs[i]);
    if (!(apart <= most)) most = apart;
  }
  return most;
}

/** The largest difference over the largest value. */
export function relative(ours, theirs) {
  let largest = 0;
  for (const v of theirs) largest = Math.max(largest, Math.abs(v));
  return furthest(ours, theirs) / largest;
}

export const peakGB = () => (process.resourceUsage().maxRSS * 1024) / 1e9;
