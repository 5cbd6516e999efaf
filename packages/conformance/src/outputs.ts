// Checks of what the adapted model computes.

import { withoutRandomness } from "@dit-bench/compiler";
import { dit } from "@dit-bench/dit";
import { applyPending, type Call, type Weights } from "@dit-bench/method";
import type * as tf from "@dit-bench/tfjs";
import { type Check, fail } from "./check.ts";
import { adaptedOutput, difference, runInTidy } from "./eager.ts";
import { config, eagerInputs, forward, makeSubject, promisesOf, type Subject, toTensors } from "./subject.ts";

export const outputChecks: readonly Check[] = [
  {
    name: "computes finite outputs, in the shapes of its modules",
    meaning: "Training stops at its first step: the loss is not a number, or the step cannot be compiled.",
    advice:
      "forward or affine of the graft at that module: divisions, logarithms and roots at the starting values, and " +
      "the shape that it returns",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        for (const [when, values] of [
          ["at the start", s.start],
          ["after a small change of the weights", s.moved],
        ] as const) {
          const weights = toTensors(s, { ...s.base, ...values });
          const { sites, output } = recordSites(s, weights);
          for (const { path, y } of [...sites, { path: undefined, y: output }]) {
            const bad = y.dataSync().find((v) => !Number.isFinite(v));
            if (bad !== undefined)
              fail(`the output of ${path === undefined ? "the model" : `'${path}'`} holds ${bad} ${when}`);
          }
        }
      }),
  },
  {
    name: "uses no random numbers, and gives equal outputs for equal inputs",
    meaning: "The compiled step repeats the one result that it was traced with; other engines give another result.",
    advice: "dropout, tf.random…, Math.random, the time, and variables outside of forward that change",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const [once, again] = [1, 2].map(() => withoutRandomness(() => adaptedOutput(s, s.moved))) as [
          tf.Tensor,
          tf.Tensor,
        ];
        const d = difference(once, again);
        if (d !== 0) fail(`the same inputs give outputs that differ by ${d}; use nothing except the arguments`);
      }),
  },
  {
    name: "starts as the base model if and only if it promises to",
    meaning:
      "The first steps repair what the new weights break, and a short training compares badly with other methods.",
    advice:
      "the starting values: one factor of each new term starts at zero, a scale at one. If the method means to start " +
      "elsewhere, as VPT does, promise it: promises: { startsAsBase: false }",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const startsAsBase = promisesOf(c.method).startsAsBase ?? true;
        const plain = forward(undefined, toTensors(s, s.base), ...eagerInputs());
        const d = difference(adaptedOutput(s, s.start), plain);
        if (startsAsBase && !(d <= 1e-5)) fail(`differs from the base model by ${d} at the start`);
        if (!startsAsBase && d < 1e-5) fail("starts as the base model, but promises startsAsBase: false");
      }),
  },
  {
    name: "computes each module by itself, whatever ran before",
    meaning: "A module works with weights or values of another one. Merging and compiling assume that it does not.",
    advice: "variables outside of forward and affine that one call sets and another one reads",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const weights = toTensors(s, { ...s.base, ...s.moved });
        const { sites } = recordSites(s, weights);
        // A second attachment, so that what adapt remembers is forgotten, with the modules in the reverse order.
        const call = makeSubject(c).adapted.call(weights);
        for (const { path, f, x, own, y } of sites.toReversed()) {
          const again = applyPending(call(path, f, x, own));
          const d = `${again.shape}` === `${y.shape}` ? difference(again, y) : Number.NaN;
          if (d !== 0)
            fail(
              `the output of '${path}' differs by ${d} when the modules run in another order; ` +
                "does one site use what another one left?",
            );
        }
      }),
  },
];

interface RecordedSite {
  readonly path: string;
  readonly f: Parameters<Call>[1];
  readonly x: Parameters<Call>[2];
  readonly own: Parameters<Call>[3];
  readonly y: tf.Tensor;
}

/** Runs the model, and returns what went into each module that has a graft, and what came out, the inner ones first. */
function recordSites(s: Subject, weights: Weights): { sites: RecordedSite[]; output: tf.Tensor } {
  const call = s.adapted.call(weights);
  const grafted = new Set(s.adapted.sites);
  const sites: RecordedSite[] = [];
  let isRecording = true;
  const recording: Call = (path, f, x, own) => {
    const y = call(path, f, x, own);
    if (isRecording && grafted.has(path)) sites.push({ path, f, x, own, y: applyPending(y) });
    return y;
  };
  const output = dit(weights, config, ...eagerInputs(), recording);
  isRecording = false; // a module that is run again runs its inner modules through `recording`
  return { sites, output };
}
