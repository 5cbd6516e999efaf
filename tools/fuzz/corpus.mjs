// Saves the inputs of faults, so that every later run reads them again.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @import { Fault } from "./types.ts" */

/**
 * Saves the smallest input of each problem, except inputs that are in the corpus already.
 *
 * @param {string} corpus
 * @param {string} target
 * @param {readonly Fault[]} faults
 * @returns {{ fault: Fault, path: string }[]}
 */
export function saveFaults(corpus, target, faults) {
  /** @type {Map<string, Fault>} */
  const smallest = new Map();
  for (const fault of faults) {
    // Names of files and quoted values differ between inputs of one problem; the place in the code does not.
    const key = / \(at .*\)$/.exec(fault.problem)?.[0] ?? fault.problem;
    const known = smallest.get(key);
    if (known === undefined || fault.bytes.length < known.bytes.length) smallest.set(key, fault);
  }
  return [...smallest.values()].map((fault) => {
    if (typeof fault.input === "string") return { fault, path: fault.input };
    const digest = createHash("sha256").update(fault.bytes).digest("hex");
    const path = join(corpus, target, `${digest.slice(0, 16)}.bin`);
    mkdirSync(join(corpus, target), { recursive: true });
    writeFileSync(path, fault.bytes);
    return { fault, path };
  });
}
