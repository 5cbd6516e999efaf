// Methods with one mistake each, with the first check that must find it and its message. Those that the tests of the
// command load, too, are files in packages/conformance/fixtures/wrong-methods.

import {
  type AnyMethod,
  defineMethod,
  type Graft,
  graft,
  kaiming,
  linear,
  ones,
  tf,
  type Weights,
  z,
  zeros,
} from "@dit-bench/method";

/** A method without a mistake, except those of the graft and the fields. Without a graft it trains the biases. */
export const methodWith = (name: string, g: Graft | undefined, fields: Partial<AnyMethod> = {}): AnyMethod => ({
  ...defineMethod({
    name,
    label: () => "Wrong",
    source: "https://example.org",
    options: z.strictObject({}),
    learningRate: 1e-3,
    adapt: () => (g === undefined ? { train: ["**.bias"] } : { grafts: [g] }),
  }),
  ...fields,
});

export const at = "blocks.*.attn.qkv";
/** A scale of each channel, which starts at 1. */
export const scale = { at, weights: ({ out }: { out: number }) => ({ s: ones(out) }) };

/** Dropout would leave out the same channels in every step. */
export const dropout = methodWith(
  "dropout",
  graft({ ...scale, forward: (call, x, { s }) => tf.mul(tf.dropout(call(x), 0.1), s) }),
);

/** The direction is divided by its length, which is 0 at the start. */
export const notANumber = methodWith(
  "not-a-number",
  graft({
    at,
    weights: ({ out }) => ({ v: zeros(out) }),
    forward: (call, x, { v }) => tf.add(call(x), tf.div(v, tf.norm(v))),
  }),
);

/** Every block uses the weight of the block that ran first. */
function sharedState(): AnyMethod {
  const adapt = () => {
    let kept: tf.Tensor | undefined;
    return {
      grafts: [
        graft({
          ...scale,
          forward(call, x, { s }) {
            kept ??= s;
            return tf.mul(call(x), kept);
          },
        }),
      ],
    };
  };
  return methodWith("shared-state", undefined, { adapt });
}

/** Its own gradient is half of the true one. */
const half = tf.customGrad((s) => ({
  value: tf.clone(s as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => tf.mul(dy, 0.5),
}));

const nearOne = (n: number): Float32Array =>
  Float32Array.from(crypto.getRandomValues(new Uint8Array(n)), (byte) => 1 + byte / 2 ** 28);

export type WrongMethod = readonly [check: string, message: RegExp, method: AnyMethod];

export const wrongMethods: readonly WrongMethod[] = [
  [
    "has a name, a label, a source and options that survive JSON",
    /source is 'my thesis', wanted a citation with an address/,
    methodWith("no-address", undefined, { source: "my thesis" }),
  ],
  [
    "refuses an unknown option",
    /accepts the unknown option 'no-such-option'/,
    methodWith("lax-options", undefined, { options: z.object({}) }),
  ],
  [
    "has the numbers of parameters that it promises",
    /trains 1,665,792 parameters of DiT-XL\/2 with 101 classes, but promises 1,149,696/,
    methodWith(
      "other-count", // that of LoRA on qkv alone, but the projection is adapted, too
      graft({
        at: "blocks.*.attn.{qkv,proj}",
        weights: ({ in: I, out: O }) => ({ a: kaiming(I, 8, I), b: zeros(O, 8) }),
        forward: (call, x, { a, b }) => tf.add(call(x), linear(linear(x, a), b)),
      }),
      { promises: { parameters: [{ model: "DiT-XL/2", classes: 101, count: 1_149_696 }] } },
    ),
  ],
  [
    "has equal starting values for equal seeds",
    /'blocks\.0\.attn\.qkv\.other-start-each-time\.s' has other starting values the second time/,
    methodWith(
      "other-start-each-time", // random numbers that the seed of the run does not decide
      graft({
        at,
        weights: ({ out }) => ({ s: { shape: [out], values: () => nearOne(out) } }),
        forward: (call, x, { s }) => tf.mul(call(x), s),
      }),
    ),
  ],
  [
    "computes finite outputs, in the shapes of its modules",
    /forward of the graft on 'blocks\.0\.attn\.qkv' returns a tensor of shape \[3,4,1\].*48 last/,
    methodWith(
      "wrong-shape", // one channel in place of the channels of the module
      graft({ ...scale, forward: (call, x, { s }) => tf.mean(tf.mul(call(x), s), -1, true) }),
    ),
  ],
  [
    "computes finite outputs, in the shapes of its modules",
    /the output of 'blocks\.0\.attn\.qkv' holds NaN at the start/,
    notANumber,
  ],
  [
    "starts as the base model if and only if it promises to",
    /differs from the base model by [\d.]+ at the start/,
    methodWith(
      "changed-at-start", // the scale starts at 0, so the model forgets what it has learned
      graft({
        at,
        weights: ({ out }) => ({ s: zeros(out) }),
        forward: (call, x, { s }) => tf.mul(call(x), s),
      }),
    ),
  ],
  [
    "uses no random numbers, and gives equal outputs for equal inputs",
    /tf\.dropout generates random numbers, at .*wrong-methods\.test\.data\.ts/,
    dropout,
  ],
  [
    "computes each module by itself, whatever ran before",
    /the output of 'blocks\.5\.attn\.qkv' differs by [\d.]+ when the modules run in another order/,
    sharedState(),
  ],
  [
    "gives every trainable weight a gradient",
    /the loss does not depend on blocks\.0\.attn\.qkv\.unused-weight\.shift, .* and 2 more/,
    methodWith(
      "unused-weight", // the shift is counted, but forward does not use it
      graft({
        at,
        weights: ({ out }) => ({ s: ones(out), shift: zeros(out) }),
        forward: (call, x, { s }) => tf.mul(call(x), s),
      }),
    ),
  ],
  [
    "has a gradient at the start that moves every module",
    /because two factors start at zero: blocks\.0\.attn\.qkv\.two-zeros, /,
    methodWith(
      "two-zeros",
      graft({
        at,
        weights: ({ in: I, out: O }) => ({ a: zeros(2, I), b: zeros(O, 2) }),
        forward: (call, x, { a, b }) => tf.add(call(x), linear(linear(x, a), b)),
      }),
    ),
  ],
  [
    "reads no values and leaves no tensors behind",
    /reads a tensor's values/,
    methodWith(
      "reads-a-value", // to decide what it computes
      graft({ ...scale, forward: (call, x, { s }) => (s.dataSync()[0]! > 0 ? tf.mul(call(x), s) : call(x)) }),
    ),
  ],
  [
    "merges into the base model exactly if it promises to",
    /merge of the graft on .*read only property 'blocks\.0\.attn\.qkv\.bias'.*wrong-methods\.test\.data\.ts/,
    methodWith(
      "changes-frozen-weight", // writes into the base weights in place of returning what changes
      graft({
        at,
        weights: ({ out }) => ({ shift: zeros(out) }),
        forward: (call, x, { shift }) => tf.add(call(x), shift),
        merge(base: Record<string, tf.Tensor>, { shift }: Weights<"shift">, { path }) {
          base[`${path}.bias`] = tf.add(base[`${path}.bias`]!, shift);
          return {};
        },
      }),
    ),
  ],
  [
    "has the same outputs and gradients compiled as eager, relative 1e-5",
    /^out differs by [\d.]+; its largest value is /,
    methodWith(
      "other-when-compiled", // a short cut for one backend computes something else
      graft({
        ...scale,
        forward: (call, x, { s }) => tf.mul(call(x), tf.getBackend() === "cpu" ? s : tf.square(s)),
      }),
    ),
  ],
  [
    "has gradients that finite differences in float64 confirm, relative 1e-6",
    /the gradient of .*wrong-gradient\.s\[\d+\] is .*, finite differences give/,
    methodWith("wrong-gradient", graft({ ...scale, forward: (call, x, { s }) => tf.mul(call(x), half(s)) })),
  ],
];
