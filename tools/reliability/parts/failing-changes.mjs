// Lets a change of a file fail: once with an I/O error, or for good on a full disk, beyond a quota, or on a disk that
// became read-only. The error must be one of the disk, and the same command must then give the same result.

import { onFailingDisk } from "@dit-bench/files/testing";
import { exitCodes } from "@dit-bench/runner";
import { exitCodeOf } from "../../../packages/cli/dist/report-error.js";
import { scenariosIn } from "../scenarios.mjs";

const modes = /** @type {const} */ ([
  { name: "an I/O error", forGood: false, code: "EIO" },
  { name: "a full disk", forGood: true, code: "ENOSPC" },
  { name: "a quota", forGood: true, code: "EDQUOT" },
  { name: "a disk that becomes read-only", forGood: true, code: "EROFS" },
]);

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "a change of a file fails, in the night size each of them: the command must end with the exit code of a disk's " +
    "error, or do without the file, and give the same result when it is given again.",
  sizes: { ci: 16, night: 4000 },
  async *trials(count, folder) {
    for await (const { name, run, reset, problem } of scenariosIn(folder)) {
      reset();
      const { changes, value: expected, error } = await onFailingDisk(folder, { failing: 0 }, run);
      if (expected === undefined) throw error;
      const step = Math.max(1, changes.length / (count / 2 / modes.length));
      for (let at = 0; at < changes.length; at += step)
        for (const { name: failure, forGood, code } of modes) {
          reset();
          const failing = 1 + Math.floor(at);
          const failed = await onFailingDisk(folder, { failing, forGood, code }, run);
          if (failed.changes.length < failing) continue; // this time the run made fewer changes, and none failed
          const exitCode = failed.error instanceof Error ? exitCodeOf(failed.error) : 0;
          const found =
            exitCode !== 0 && exitCode !== exitCodes.io
              ? `exit code ${exitCode}: ${/** @type {Error} */ (failed.error).message}`
              : exitCode === 0 && failed.value !== expected
                ? "another result"
                : await problem(expected);
          const { kind, path } = failed.changes[failing - 1];
          yield {
            what: `${failure} in ${name}`,
            outcome: found === undefined ? (exitCode === 0 ? "did without the file" : "refused") : "lost",
            loss: found && `${kind} of ${path.slice(folder.length + 1)}, ${code}: ${found}`,
          };
        }
    }
  },
};
