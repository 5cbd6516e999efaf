// Starts two commands of one cell at the same moment: both must end with the same result, and one must do the work.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { lastLineOf, smallCommand } from "../small-cell.mjs";

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "two commands of one cell start at the same moment; one of them must do the work, and both end with the result " +
    "of a single command.",
  sizes: { ci: 2, night: 40 },
  async *trials(count, folder) {
    const run = smallCommand(folder);
    const alone = await run("alone");
    if (alone.result === undefined) throw new Error(`a run fails alone: ${lastLineOf(alone)}`);
    for (let i = 0; i < count; i++) {
      rmSync(join(folder, "both"), { recursive: true, force: true });
      const ends = await Promise.all([run("both"), run("both")]);
      const failed = ends.find(({ code }) => code !== 0);
      const trainings = ends.filter(({ stderr }) => stderr.includes("train: 12 steps")).length;
      const loss = failed
        ? `one command fails: ${lastLineOf(failed)}`
        : !ends.every(({ result }) => result === alone.result)
          ? "another result"
          : trainings === 1
            ? undefined
            : `${trainings} of the two commands trained`;
      yield { what: "two commands of one cell at once", outcome: loss ? "lost" : "same result, twice", loss };
    }
  },
};
