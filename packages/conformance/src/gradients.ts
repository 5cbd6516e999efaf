// Checks of the gradients on eager tensorflow.js.

import type { Values } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";
import { type Check, fail } from "./check.ts";
import { runInTidy } from "./eager.ts";
import { eagerInputs, forward, makeSubject, type Subject, toTensors } from "./subject.ts";

export const gradientChecks: readonly Check[] = [
  {
    name: "gives every trainable weight a gradient",
    meaning: "These weights never train, but tables count them.",
    advice: "weights that forward, affine or merge does not use, or uses behind an operation without a gradient",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const all = [...gradients(s, s.moved)];
        refuseNotFinite(all);
        const unreached = all.filter(([, g]) => g === 0).map(([name]) => name);
        if (unreached.length > 0) fail(`no gradient reaches ${listed(unreached)}`);
      }),
  },
  {
    name: "has a gradient at the start that moves every module",
    meaning: "These modules stay as they start, however long the training is.",
    advice: "starting values: of two factors that are multiplied, only one may start at zero",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const module = (name: string) => name.split(".").slice(0, -1).join(".");
        const all = gradients(s, s.start);
        refuseNotFinite([...all]);
        const moving = new Set([...all].filter(([, g]) => g > 0).map(([name]) => module(name)));
        const stuck = [...new Set([...all.keys()].map(module))].filter((m) => !moving.has(m));
        if (stuck.length > 0)
          fail(`no gradient moves these modules, because two factors start at zero: ${listed(stuck)}`);
      }),
  },
];

function refuseNotFinite(all: readonly (readonly [name: string, peak: number])[]): void {
  const bad = all.find(([, peak]) => !Number.isFinite(peak));
  if (bad !== undefined) fail(`the gradient of ${bad[0]} holds ${bad[1]}`);
}

/** The first names, and how many more there are. */
const listed = (names: readonly string[], most = 4): string =>
  names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;

/** The largest absolute gradient of each trainable weight; NaN if one is NaN. */
export function gradients(s: Subject, at: Values): Map<string, number> {
  const all = gradientTensors(s, at, (f) => f());
  const peak = (values: ArrayLike<number>) =>
    Array.from(values).reduce((max, v) => (Number.isNaN(v) ? v : Math.max(max, Math.abs(v))), 0);
  return new Map([...all].map(([name, g]) => [name, peak(g.dataSync())]));
}

/** @param run called once, with the function that computes the gradients */
export function gradientTensors(s: Subject, at: Values, run: <T>(f: () => T) => T): Map<string, tf.Tensor> {
  const names = s.adapted.trainable.map((w) => w.name);
  const frozen = toTensors(s, Object.fromEntries(s.adapted.frozen.map(({ name }) => [name, s.base[name]!])));
  const start = toTensors(s, at);
  const [x, t, y] = eagerInputs();
  const loss = (...vs: tf.Tensor[]) => {
    const w = { ...frozen, ...Object.fromEntries(names.map((n, i) => [n, vs[i]!])) };
    return tf.mean(tf.square(forward(s, w, x, t, y))) as tf.Scalar;
  };
  const { grads } = run(() =>
    tf.engine().gradients(
      () => loss(...names.map((n) => start[n]!)),
      names.map((n) => start[n]!),
      undefined,
      true,
    ),
  );
  const unused = names.filter((_, i) => !grads[i]);
  if (unused.length > 0) fail(`the loss does not depend on ${listed(unused)}`);
  return new Map(names.map((name, i) => [name, grads[i]!]));
}
