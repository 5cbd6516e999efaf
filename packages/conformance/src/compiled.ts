// Checks of the compiled method: outputs and gradients agree with eager tensorflow.js, and finite differences confirm
// the gradients.

import { createEngine, type Engine, type Signature, type TensorFunction } from "@dit-bench/compiler";
import type { Values } from "@dit-bench/method";
import { integers } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import type { Check } from "./check.ts";
import { forward, inputs, makeSubject, type Subject } from "./subject.ts";

/** The engines of these checks. The tolerances hold for them; other engines are tested against them. */
export const engines = { compiled: "cpu", reference: "tfjs-cpu" } as const;

export const compiledChecks: readonly Check[] = [
  {
    name: "has the same outputs and gradients compiled as eager, relative 1e-5",
    meaning: "A run computes something else than the source of the method says.",
    advice:
      "forward and affine: they may depend on their arguments only. If they do, the fault is in dit-bench: please " +
      "report it, with the method",
    async run(c) {
      const s = makeSubject(c);
      const eager = await evaluate(await createEngine(engines.reference), s);
      const compiled = await evaluate(await createEngine(engines.compiled, { threads: 1 }), s);
      for (const [name, want] of Object.entries(eager)) {
        const got = compiled[name]!;
        // Relative to the whole tensor: the true gradient of the keys' bias is zero, so its entries are rounding
        // errors.
        const scale = peak(want);
        const worst = want.reduce((max, v, i) => Math.max(max, Math.abs(v - got[i]!)), 0);
        if (!(worst <= 1e-5 * scale)) throw new Error(`${name} differs by ${worst}; its largest value is ${scale}`);
      }
    },
  },
  {
    name: "has gradients that finite differences in float64 confirm, relative 1e-6",
    meaning: "Training follows a direction that is not the gradient of the loss.",
    advice:
      "tf.customGrad, and functions with jumps, such as tf.round or tf.sign; if there are none, the fault is in " +
      "dit-bench: please report it, with the method",
    async run(c, listener) {
      const s = makeSubject(c);
      const engine = await createEngine(engines.compiled, { threads: 1 });
      const compile = (f: TensorFunction) => engine.compile(f, signature(s), { precision: "float64" });
      const float64Feeds = Object.fromEntries(
        Object.entries(feeds(s)).map(([k, v]) => [k, v instanceof Int32Array ? v : Float64Array.from(v)]),
      );
      const withGradients = await compile(lossAndGradients(s));
      const first = await withGradients.run(float64Feeds);
      await withGradients.dispose();
      // Each probe runs the loss four times or more, and needs no gradients.
      const lossAlone = await compile((tensors) => ({ loss: lossOf(s, tensors) }));
      for (const [done, { name }] of s.adapted.trainable.entries()) {
        listener?.progress?.(done, s.adapted.trainable.length);
        const values = float64Feeds[name] as Float64Array;
        const gradient = first[`d ${name}`] as Float64Array;
        const scale = Math.max(peak(gradient), 1e-6);
        for (const i of integers(0, `probe ${name}`, 0, 2, values.length)) {
          const x = values[i]!;
          const loss = async (v: number) => {
            values[i] = v;
            return (await lossAlone.run(float64Feeds)).loss![0]!;
          };
          const estimates: number[] = [];
          // A step across the kink of a relu gives a wrong estimate, so shorter steps follow. A wrong gradient fails at
          // every step.
          for (const h of [1e-4, 1e-5, 1e-6]) {
            // Central differences of fourth order: (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12 h
            const [a, b, p, q] = [await loss(x + h), await loss(x - h), await loss(x + 2 * h), await loss(x - 2 * h)];
            estimates.push((8 * (a - b) - (p - q)) / (12 * h));
            if (Math.abs(estimates.at(-1)! - gradient[i]!) <= 1e-6 * scale) break;
          }
          values[i] = x;
          if (!(Math.abs(estimates.at(-1)! - gradient[i]!) <= 1e-6 * scale))
            throw new Error(
              `the gradient of ${name}[${i}] is ${gradient[i]}, finite differences give ${estimates.join(", ")}`,
            );
        }
      }
      await lossAlone.dispose();
    },
  },
];

const peak = (v: ArrayLike<number>): number => Array.from(v).reduce((max, x) => Math.max(max, Math.abs(x)), 0);

function signature(s: Subject): Signature {
  const trainable = Object.fromEntries(s.adapted.trainable.map((w) => [w.name, { shape: w.shape }]));
  const frozen = Object.fromEntries(s.adapted.frozen.map((w) => [w.name, { shape: w.shape, value: s.base[w.name]! }]));
  const { x, t, y } = inputs;
  return {
    ...trainable,
    ...frozen,
    x: { shape: x.shape },
    t: { shape: t.shape },
    y: { shape: y.shape, dtype: "int32" },
  };
}

function feeds(s: Subject): Record<string, Float32Array | Int32Array> {
  const moved: Values = s.moved;
  return { ...moved, x: inputs.x.data, t: inputs.t.data, y: inputs.y.data };
}

/** The mean of the squares of the output. */
function lossOf(s: Subject, tensors: Readonly<Record<string, tf.Tensor>>): tf.Scalar {
  const { x, t, y, ...w } = tensors;
  return tf.mean(tf.square(forward(s, w, x!, t!, y!)));
}

/** `out`, `loss`, and the gradient `d <name>` of each trainable weight. */
function lossAndGradients(s: Subject): TensorFunction {
  const names = s.adapted.trainable.map((w) => w.name);
  return (tensors) => {
    const { x, t, y, ...w } = tensors;
    const loss = (...vs: tf.Tensor[]) =>
      lossOf(s, { ...tensors, ...Object.fromEntries(names.map((n, i) => [n, vs[i]!])) });
    const { value, grads } = tf.valueAndGrads(loss)(names.map((n) => w[n]!));
    return {
      out: forward(s, w, x!, t!, y!),
      loss: value,
      ...Object.fromEntries(names.map((n, i) => [`d ${n}`, grads[i]!])),
    };
  };
}

async function evaluate(engine: Engine, s: Subject): Promise<Record<string, Float32Array>> {
  const f = await engine.compile(lossAndGradients(s), signature(s));
  const out = (await f.run(feeds(s))) as Record<string, Float32Array>;
  await f.dispose();
  return out;
}
