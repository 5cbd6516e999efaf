// Check of merging: folding the grafts into the base weights must not change the output.

import { dit } from "@dit-bench/dit";
import type * as tf from "@dit-bench/tfjs";
import { type Check, fail } from "./check.ts";
import { adaptedOutput, difference, runInTidy } from "./eager.ts";
import { config, eagerInputs, forward, makeSubject, type Subject, toTensors } from "./subject.ts";

export const mergeChecks: readonly Check[] = [
  {
    name: "merges into the base model exactly if it promises to",
    meaning: "Samples come from the merged model, which is not the one that was trained: runs stop before sampling.",
    advice:
      "merge of the graft at that module: it must do what forward does, with the same factors, return all weights " +
      "that change, and assign to nothing. Leave merge out if folding cannot be exact",
    run: (c, listener) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const merges = c.merges ?? s.adapted.merges;
        const { weights, unmerged } = s.adapted.merge(toTensors(s, { ...s.base, ...s.moved }));
        if ((unmerged.length === 0) !== merges)
          fail(`the case has merges: ${merges}, but not merged are: ${unmerged.join(", ") || "none"}`);
        if (s.adapted.merges !== merges) fail(`attach(…).merges is ${s.adapted.merges}, the case has ${merges}`);
        if (!merges) {
          listener?.note?.("not all grafts merge: samples take longer than those of the base model");
          return;
        }
        const adapted = adaptedOutput(s, s.moved);
        const d = difference(forward(undefined, weights, ...eagerInputs()), adapted);
        if (d <= 1e-4) return; // a NaN fails too
        fail(
          `merged and adapted outputs differ by ${d}; the first module whose merge changes the output is ` +
            `'${findWrongMerge(s, adapted)}'`,
        );
      }),
  },
];

/** The module of the first graft, in the order of merging, that changes the output when it is merged. */
function findWrongMerge(s: Subject, adapted: tf.Tensor): string | undefined {
  const all = toTensors(s, { ...s.base, ...s.moved });
  return s.adapted.sites.find((_, i) => {
    const weights = { ...all, ...s.adapted.merge(all, i + 1).weights };
    const output = dit(weights, config, ...eagerInputs(), s.adapted.call(weights, i + 1));
    return !(difference(output, adapted) <= 1e-4);
  });
}
