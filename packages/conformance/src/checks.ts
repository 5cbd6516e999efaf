// The checks that every method must pass. A check that fails throws an Error with the value that it found.

import { withoutRandomness } from "@dit-bench/compiler";
import { dit } from "@dit-bench/dit";
import { attach, checkMethod, labelOf, parseOptions, type Values } from "@dit-bench/method";
import * as tf from "@tensorflow/tfjs";
import type { Check } from "./check.ts";
import { compiledChecks } from "./compiled.ts";
import { config, eagerInputs, forward, makeSubject, model, type Subject, toTensors } from "./subject.ts";

export const checks: readonly Check[] = [
  {
    name: "has a name, a label, a source and options that survive JSON",
    run({ method, options }) {
      checkMethod(method);
      const parsed = parseOptions(method, options);
      labelOf(method, parsed);
      if (!/https?:\/\/|doi/.test(method.source))
        fail(`source is '${method.source}', wanted a citation with an address`);
      const back = parseOptions(method, JSON.parse(JSON.stringify(parsed)));
      if (JSON.stringify(back) !== JSON.stringify(parsed))
        fail(`options change on the way through JSON: ${JSON.stringify(back)}`);
    },
  },
  {
    name: "refuses an unknown option",
    run({ method }) {
      try {
        parseOptions(method, { "no-such-option": 1 });
      } catch {
        return;
      }
      fail("accepts the unknown option 'no-such-option'; wanted a z.strictObject");
    },
  },
  {
    name: "lists its trainable weights before any weight exists",
    run(c) {
      const s = makeSubject(c);
      if (s.adapted.parameters < 1) fail("has no trainable weights; wanted grafts or base weights from adapt");
      for (const { name, shape } of s.adapted.trainable) {
        const n = shape.reduce((a, b) => a * b, 1);
        if (s.start[name]?.length !== n)
          fail(`'${name}' is [${shape}], but starts with ${s.start[name]?.length} values`);
      }
    },
  },
  {
    name: "starts as the base model if and only if it promises to",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const plain = forward(undefined, toTensors(s, s.base), ...eagerInputs());
        const d = difference(adaptedOutput(s, s.start), plain);
        if (c.startsAsBase && d > 1e-5) fail(`differs from the base model by ${d} at the start`);
        if (!c.startsAsBase && d < 1e-5) fail("starts as the base model, but the case has startsAsBase: false");
      }),
  },
  {
    name: "gives every trainable weight a gradient",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const unreached = [...gradients(s, s.moved)].filter(([, g]) => g === 0).map(([name]) => name);
        if (unreached.length > 0) fail(`no gradient reaches ${unreached.join(", ")}`);
      }),
  },
  {
    name: "has a gradient at the start that moves every module",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const module = (name: string) => name.split(".").slice(0, -1).join(".");
        const all = gradients(s, s.start);
        const moving = new Set([...all].filter(([, g]) => g > 0).map(([name]) => module(name)));
        const stuck = [...new Set([...all.keys()].map(module))].filter((m) => !moving.has(m));
        if (stuck.length > 0)
          fail(`no gradient moves these modules, because two factors start at zero: ${stuck.join(", ")}`);
      }),
  },
  {
    name: "merges into the base model exactly if it promises to",
    run: (c) =>
      runInTidy(() => {
        const s = makeSubject(c);
        const { weights, unmerged } = s.adapted.merge(toTensors(s, { ...s.base, ...s.moved }));
        if ((unmerged.length === 0) !== c.merges)
          fail(`the case has merges: ${c.merges}, but not merged are: ${unmerged.join(", ") || "none"}`);
        if (s.adapted.merges !== c.merges) fail(`attach(…).merges is ${s.adapted.merges}, the case has ${c.merges}`);
        if (!c.merges) return;
        const adapted = adaptedOutput(s, s.moved);
        const d = difference(forward(undefined, weights, ...eagerInputs()), adapted);
        if (d <= 1e-4) return; // a NaN fails too
        fail(
          `merged and adapted outputs differ by ${d}; the first module whose merge changes the output is ` +
            `'${findWrongMerge(s, adapted)}'`,
        );
      }),
  },
  {
    name: "reads no values and leaves no tensors behind",
    run(c) {
      const s = makeSubject(c);
      runInTidy(() => gradients(s, s.moved));
      const before = tf.memory().numTensors;
      runInTidy(() => gradientTensors(s, s.moved, forbidReading));
      const left = tf.memory().numTensors - before;
      if (left !== 0) fail(`leaves ${left} tensors behind`);
    },
  },
  {
    name: "uses no random numbers, and gives equal outputs for equal inputs",
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
    name: "has equal starting values for equal seeds",
    run(c) {
      const s = makeSubject(c);
      const again = attach(c.method, model, c.options).initial(s.base, 0);
      for (const [name, v] of Object.entries(s.start))
        if (!v.every((x, i) => Object.is(x, again[name]![i])))
          fail(`'${name}' has other starting values the second time`);
    },
  },
  ...compiledChecks,
];

function fail(message: string): never {
  throw new Error(message);
}

function runInTidy(f: () => unknown): void {
  tf.tidy(() => {
    f();
  });
}

function adaptedOutput(s: Subject, trainable: Values): tf.Tensor {
  return forward(s, toTensors(s, { ...s.base, ...trainable }), ...eagerInputs());
}

const difference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

/** The largest absolute gradient of each trainable weight. */
function gradients(s: Subject, at: Values): Map<string, number> {
  const all = gradientTensors(s, at, (f) => f());
  return new Map([...all].map(([name, g]) => [name, tf.max(tf.abs(g)).dataSync()[0]!]));
}

function gradientTensors(s: Subject, at: Values, run: <T>(f: () => T) => T): Map<string, tf.Tensor> {
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
  if (unused.length > 0) fail(`the loss does not depend on ${unused.join(", ")}`);
  return new Map(names.map((name, i) => [name, grads[i]!]));
}

/** The module of the first graft, in the order of merging, that changes the output when it is merged. */
function findWrongMerge(s: Subject, adapted: tf.Tensor): string | undefined {
  const all = toTensors(s, { ...s.base, ...s.moved });
  return s.adapted.sites.find((_, i) => {
    const weights = { ...all, ...s.adapted.merge(all, i + 1).weights };
    const output = dit(weights, config, ...eagerInputs(), s.adapted.call(weights, i + 1));
    return !(difference(output, adapted) <= 1e-4);
  });
}

/** Runs f while reading a tensor's values is an error. */
function forbidReading<T>(f: () => T): T {
  const proto = tf.Tensor.prototype;
  const original = { dataSync: proto.dataSync, data: proto.data };
  proto.dataSync = proto.data = () => fail("reads a tensor's values; a method must use only tensor functions");
  try {
    return f();
  } finally {
    Object.assign(proto, original);
  }
}
