// Flips single bits in every kind of file that a run keeps, and runs the cell again. Each flip must be noticed or
// harmless, and no flip may change a result.
//
// The store of decoded images exists only for sets above 2 GB; packages/datasets/src/folder/store-folder.test.ts tests
// it.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { integers } from "@dit-bench/random";
import { lastLineOf, smallCommand } from "../small-cell.mjs";

/** @import { Run } from "../small-cell.mjs" */

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} from the runs that are copied
 * @property {RegExp} file the file that is damaged
 * @property {RegExp} [without] files that are removed first, so that the run reads the damaged one
 * @property {number} [steps]
 * @property {Run} expected
 */

/** How the program says that a file is not as it was. */
const complaint = /made again|run again|damaged|digest|SHA-256|checksum|CRC|cannot be used|not valid|corrupt/i;

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "one bit of a file is flipped, and the run is repeated or continued: the program must notice it, or the bit must " +
    "not matter.",
  sizes: { ci: 6, night: 300 },
  async *trials(count, folder) {
    const run = smallCommand(folder);
    const trained = (/** @type {number} */ steps) => ({ settings: { "training.steps": steps } });
    const filesBelow = (/** @type {string} */ name) =>
      readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));

    const finishedRun = await run("finished");
    const longerRun = await run("longer", trained(18));
    const uninterruptedRun = await run("uninterrupted", trained(2000));
    const stoppedRun = await run("stopped", { ...trained(2000), stopAt: "train: 2000 steps" });
    if (finishedRun.code || longerRun.code || uninterruptedRun.code || stoppedRun.code !== 143)
      throw new Error(
        `a run fails: ${[finishedRun, longerRun, uninterruptedRun, stoppedRun].map(lastLineOf).join("; ")}`,
      );
    const complaining = [finishedRun, longerRun, uninterruptedRun].find(({ stderr }) => complaint.test(stderr));
    if (complaining) throw new Error(`a run without damage complains: ${complaining.stderr}`);
    /** @type {Kind[]} */
    const kinds = [
      { name: "a record", from: "finished", file: /record\.json$/, expected: finishedRun },
      { name: "trained weights", from: "finished", file: /weights\.safetensors$/, expected: finishedRun },
      { name: "a kept state", from: "finished", file: /state\.safetensors$/, steps: 18, expected: longerRun },
      {
        name: "the base model's samples",
        from: "finished",
        file: /base\/[^.].*safetensors$/,
        without: /record\.json$/,
        expected: finishedRun,
      },
      {
        name: "cached latents",
        from: "finished",
        file: /^latents\/[^.]/,
        without: /(record|weights|state)\.(json|safetensors)$/,
        expected: finishedRun,
      },
      {
        name: "a checkpoint",
        from: "stopped",
        file: /checkpoint\.safetensors$/,
        steps: 2000,
        expected: uninterruptedRun,
      },
    ];
    for (let i = 0; i < count; i++) {
      const { name, from, file, without, steps, expected } = kinds[i % kinds.length];
      rmSync(join(folder, "copy"), { recursive: true, force: true });
      cpSync(join(folder, from), join(folder, "copy"), { recursive: true });
      for (const other of filesBelow("copy"))
        if (without?.test(other)) rmSync(join(folder, "copy", other), { force: true });
      const path = join(folder, "copy", filesBelow("copy").find((one) => file.test(one)) ?? "");
      const bytes = readFileSync(path);
      const [bit] = integers(0, "flips", i, 1, 8 * bytes.length);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      writeFileSync(path, bytes);
      const { code, signal, stderr, result } = await run("copy", steps === undefined ? {} : trained(steps));
      const outcome =
        code !== 0
          ? "refused"
          : result !== expected.result
            ? "another result"
            : complaint.test(stderr)
              ? "made again"
              : "harmless";
      const isLoss =
        outcome === "another result" || signal !== null || (outcome === "refused" && !complaint.test(stderr));
      const loss = isLoss ? `bit ${bit & 7} of byte ${bit >> 3}: ${outcome}: ${stderr.slice(-300)}` : undefined;
      yield { what: `a flipped bit in ${name}`, outcome, loss };
    }
  },
};
