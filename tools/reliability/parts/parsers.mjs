// Reads changed files with every parser of files from others: the fuzzer of `tools/fuzz`.

import { runTarget } from "../../fuzz/run-target.mjs";
import { targets } from "../../fuzz/table.mjs";

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "changed files (damaged, foreign, of later versions) are read by every parser of files from others: each must be " +
    "read or refused with a message ([Security](security.md#the-fuzzer)).",
  sizes: { ci: 1000, night: 100_000 },
  async *trials(count) {
    const each = Math.ceil(count / targets.size);
    for (const [name, module] of targets) {
      const { accepted, refused, faults } = await runTarget(name, module, { inputs: each });
      const what = "a changed file, read by a parser";
      if (accepted > 0) yield { what, outcome: "read", count: accepted };
      if (refused > 0) yield { what, outcome: "refused", count: refused };
      for (const { input, problem } of faults)
        yield { what, outcome: "fault", loss: `${name}, input ${input}: ${problem}` };
    }
  },
};
