// Ends the process of a run with SIGKILL just before each change of a file. The same cell must then finish with the
// same result.

import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { watchDisk } from "@dit-bench/files/testing";
import { smallCell } from "../small-cell.mjs";

/** Checkpoints after the steps 4 and 8, and of the last one. */
const settings = { "training.steps": 12, "metrics.every": 4, "metrics.everySamples": 8 };
const program = fileURLToPath(new URL("../killed-write.mjs", import.meta.url));

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "the process of a run is killed before a change of a file (a write, flush, rename, removal, new file or folder), " +
    "in the night size before each of them, those of three checkpoints included.",
  sizes: { ci: 6, night: 1000 },
  async *trials(count, folder) {
    const run = await smallCell(folder);
    const out = join(folder, "runs");
    /** @type {string[]} */
    const paths = [];
    const restore = await watchDisk(out, { before: ({ path }) => paths.push(path) });
    const { result: expected } = await run(out, settings).finally(restore);
    const step = Math.max(1, paths.length / count);
    const places = new Set([paths.findIndex((path) => path.includes("checkpoint"))]);
    for (let at = 0; at < paths.length; at += step) places.add(Math.floor(at));
    for (const at of places) {
      rmSync(out, { recursive: true, force: true });
      const change = await killBefore(1 + at, folder, out);
      if (change === undefined) continue; // this time the run made fewer changes
      const what = change.includes("checkpoint")
        ? "SIGKILL before a change of a checkpoint"
        : "SIGKILL before a change";
      const problem = await run(out, settings).then(
        ({ result }) => (result === expected ? undefined : "another result"),
        (error) => `the same command fails: ${error.message}`,
      );
      yield { what, outcome: problem ?? "same result", loss: problem && `before the ${change}: ${problem}` };
    }
  },
};

/**
 * Runs the cell in a process that is killed before a change. Returns which change it was, undefined if the run ended
 * before it.
 *
 * @param {number} change its number, from 1
 * @param {string} folder
 * @param {string} out
 * @returns {Promise<string | undefined>}
 */
function killBefore(change, folder, out) {
  const note = join(folder, "change.txt");
  const args = [program, folder, out, String(change), JSON.stringify(settings), note];
  return new Promise((resolve, reject) =>
    execFile(process.execPath, args, (error, _, stderr) => {
      if (error === null) resolve(undefined);
      else if (error.signal === "SIGKILL") resolve(readFileSync(note, "utf8"));
      else reject(new Error(`the run failed before it was killed: ${stderr}`));
    }),
  );
}
