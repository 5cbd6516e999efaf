// Kills a run with SIGKILL at random moments. The same command must then finish with the same result.

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { uniforms } from "@dit-bench/random";
import { lastLineOf, resultOf, smallCommand } from "../small-cell.mjs";

/** Kills of one run before it may finish: later ones meet the checkpoints that earlier ones left. */
const killsOfOneRun = 4;
/** Three points of the FID curve, before each of which a checkpoint is written. */
const settings = { "training.steps": 40, "metrics.every": 10, "metrics.everySamples": 8 };

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "the process of a run is killed at a moment chosen at random between its start and its end, up to four times; " +
    "the same command then finishes it, and result and weights must be those of a run that was never killed.",
  sizes: { ci: 4, night: 400 },
  async *trials(count, folder) {
    const run = smallCommand(folder);
    const undisturbed = await run("undisturbed", { settings });
    if (undisturbed.result === undefined) throw new Error(`a run fails without a kill: ${lastLineOf(undisturbed)}`);
    const out = join(folder, "killed");
    for (let kills = 0, moment = 0; kills < count && moment < 10 * count; ) {
      rmSync(out, { recursive: true, force: true });
      let killsHere = 0;
      /** What was wrong before the last command, if anything was. @type {string | undefined} */
      let problem;
      while (killsHere < killsOfOneRun && kills < count && problem === undefined) {
        const [share] = uniforms(0, "kills", moment++, 1);
        const killAfter = undisturbed.seconds * share;
        const ended = await run("killed", { settings, killAfter });
        if (ended.signal !== "SIGKILL") {
          if (ended.code !== 0) problem = `a command after ${killsHere} kills fails: ${lastLineOf(ended)}`;
          break;
        }
        kills++;
        killsHere++;
        const record = readResult(out);
        const loss =
          record === undefined || record === undisturbed.result
            ? undefined
            : `a kill after ${killAfter.toFixed(3)} s left ${record}`;
        yield { what: "SIGKILL at a random moment of a run", outcome: loss ? "another record" : "killed", loss };
      }
      if (killsHere === 0 && problem === undefined) continue;
      const end = await run("killed", { settings });
      const loss =
        problem ??
        (end.code !== 0
          ? `the same command fails: ${lastLineOf(end)}`
          : end.result === undisturbed.result
            ? undefined
            : "another result");
      yield { what: "the same command after up to four kills", outcome: loss ? "lost" : "same result", loss };
    }
  },
};

/** The result in the record below `out`, if there is one, or what is wrong with it. @param {string} out */
function readResult(out) {
  const files = existsSync(out) ? readdirSync(out, { recursive: true, encoding: "utf8" }) : [];
  const name = files.find((file) => /(^|[\\/])record\.json$/.test(file));
  if (name === undefined) return undefined;
  try {
    return resultOf(JSON.parse(readFileSync(join(out, name), "utf8")));
  } catch (error) {
    return `a record that cannot be read: ${/** @type {Error} */ (error).message}`;
  }
}
