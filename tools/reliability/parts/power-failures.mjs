// Computes what a power failure can leave after each change of a file: writes that were not flushed may be missing, cut
// short or in another order. The same command must then give the same result.

import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { statesAfterPowerFailure, writeFiles } from "@dit-bench/files/testing";
import { scenariosIn } from "../scenarios.mjs";

/** @import { Recording } from "@dit-bench/files/testing" */

const program = fileURLToPath(new URL("../record-changes.mjs", import.meta.url));

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "the states that a power failure can leave, with writes that are missing or in another order, evenly spaced over " +
    "all that the changes of a run allow.",
  sizes: { ci: 12, night: 1000 },
  async *trials(count, folder) {
    for await (const { name, out, settings, run, reset, problem } of scenariosIn(folder)) {
      reset();
      const expected = await run();
      reset();
      const recording = await recordInProcess(folder, out, settings);
      const states = recording.changes.flatMap((_, change) =>
        [...statesAfterPowerFailure(recording, change + 1)].map((files, i) => ({ files, change: change + 1, i })),
      );
      const step = Math.max(1, states.length / (count / 2));
      for (let at = 0; at < states.length; at += step) {
        const { files, change, i } = states[Math.floor(at)];
        writeFiles(out, files);
        makeLocksOld(out);
        const found = await problem(expected);
        const where = `after change ${change} of ${recording.changes.length}, state ${i}`;
        yield {
          what: `a power failure in ${name}`,
          outcome: found === undefined ? "same result" : "lost",
          loss: found && `${where}: ${found}`,
        };
      }
    }
  },
};

/**
 * Records the changes of a run in a process of its own, as after a power failure: the process of its locks is gone.
 *
 * @param {string} folder
 * @param {string} out
 * @param {Readonly<Record<string, number>>} settings
 * @returns {Promise<Recording>}
 */
async function recordInProcess(folder, out, settings) {
  const child = fork(program, [folder, out, JSON.stringify(settings)], { execArgv: [], serialization: "advanced" });
  const ended = once(child, "exit");
  const [recording] = await Promise.race([
    once(child, "message"),
    ended.then(([code]) => Promise.reject(new Error(`the recorded run ended with exit code ${code}`))),
  ]);
  await ended;
  return /** @type {Recording} */ (recording);
}

/** A machine needs minutes to start again: a damaged lock is then older than those of live processes are. */
function makeLocksOld(/** @type {string} */ out) {
  const past = new Date(Date.now() - 600_000);
  for (const name of readdirSync(out, { recursive: true, encoding: "utf8" }))
    if (/\.(lock|guard)$/.test(name)) utimesSync(join(out, name), past, past);
}
