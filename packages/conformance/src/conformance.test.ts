// Tests the suite on methods with further mistakes than those in wrong-methods.test.data.ts, each with the check that
// must fail, and on unusual methods that must pass.

import { type Graft, graft, ones, parseOptions, tf, type Weights, z, zeros } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import { type Case, checks } from "./index.ts";
import { eagerInputs, forward, makeSubject, toTensors } from "./subject.ts";
import { at, dropout, methodWith as method, notANumber, scale } from "./wrong-methods.test.data.ts";

const checkNamed = (name: string) => checks.find((check) => check.name === name)!;
/** The check that attaches the method for the first time. */
const firstAttach = checkNamed("lists its trainable weights before any weight exists");

let keptTensor: tf.Tensor | undefined;
let calls = 0;

type Broken = [check: string, message: RegExp, c: Case];
const brokenMethods: Broken[] = [
  [
    "lists its trainable weights before any weight exists",
    /lists other weights the second time/,
    {
      method: method(
        "grows",
        graft({ at, weights: () => ({ s: ones(++calls) }), forward: (call, x, { s }) => tf.mul(call(x), tf.mean(s)) }),
      ),
    },
  ],
  [
    "starts as the base model if and only if it promises to",
    /starts as the base model, but promises startsAsBase: false/,
    {
      method: {
        ...method("identity", graft({ ...scale, forward: (call, x, { s }) => tf.mul(call(x), s) })),
        promises: { startsAsBase: false },
      },
    },
  ],
  [
    "starts as the base model if and only if it promises to",
    /differs from the base model by NaN at the start/,
    { method: notANumber },
  ],
  [
    "gives every trainable weight a gradient",
    /no gradient reaches blocks\.0\.attn\.qkv\.stopped\.t, .* and 2 more/,
    {
      method: method(
        "stopped",
        graft({
          at,
          weights: ({ out }) => ({ s: ones(out), t: zeros(out) }),
          forward: (call, x, { s, t }) => tf.add(tf.mul(call(x), s), tf.mul(0, t)),
        }),
      ),
    },
  ],
  [
    "has a gradient at the start that moves every module",
    /the gradient of blocks\.0\.attn\.qkv\.root\.t holds (NaN|Infinity)/,
    {
      method: method(
        "root",
        graft({
          at,
          weights: ({ out }) => ({ t: zeros(out) }),
          forward: (call, x, { t }) => tf.add(call(x), tf.sqrt(tf.relu(t))),
        }),
      ),
    },
  ],
  [
    "merges into the base model exactly if it promises to",
    /the case has merges: true, but not merged are: blocks\.0/,
    {
      method: method("no-merge", graft({ ...scale, forward: (call, x, { s }) => tf.mul(call(x), s) })),
      merges: true,
    },
  ],
  [
    "reads no values and leaves no tensors behind",
    /leaves \d+ tensors behind/,
    {
      method: method(
        "leaks",
        graft({
          ...scale,
          forward: (call, x, { s }) => {
            keptTensor = tf.keep(tf.add(s, 0));
            return tf.mul(call(x), s);
          },
        }),
      ),
      merges: false,
    },
  ],
  [
    "has the same outputs and gradients compiled as eager, relative 1e-5",
    /the graft on 'blocks\.0\.attn\.qkv': tf\.dropout generates random numbers, at .*wrong-methods\.test\.data\.ts/,
    { method: dropout },
  ],
  [
    "uses no random numbers, and gives equal outputs for equal inputs",
    /the same inputs give outputs that differ by/,
    {
      method: method("counts", graft({ ...scale, forward: (call, x, { s }) => tf.mul(call(x), tf.add(s, calls++)) })),
      merges: false,
    },
  ],
  [
    "has a name, a label, a source and options that survive JSON",
    /a method's name is 'My Method'; wanted lower-case letters/,
    { method: { ...method("x", graft({ ...scale })), name: "My Method" }, merges: false },
  ],
  [
    "has a name, a label, a source and options that survive JSON",
    /the default of 'rank' is 0, which its own schema refuses/,
    {
      method: { ...method("x", graft({ ...scale })), options: z.strictObject({ rank: z.int().min(1).default(0) }) },
      merges: false,
    },
  ],
  [
    "lists its trainable weights before any weight exists",
    /gives 's' as the number 1; wanted an Init/,
    {
      method: method(
        "number",
        graft({ ...scale, weights: () => ({ s: 1 as never }), affine: ({ s }) => ({ scale: s }) }),
      ),
      merges: true,
    },
  ],
  [
    "lists its trainable weights before any weight exists",
    /no module of the model matches 'blocks\.\*\.atn\.qkv'; did you mean 'blocks\.\*\.attn\.qkv'\?/,
    {
      method: method("typo", graft({ ...scale, at: "blocks.*.atn.qkv", affine: ({ s }) => ({ scale: s }) })),
      merges: true,
    },
  ],
];

describe("the conformance suite", () => {
  it.each(brokenMethods)("finds with '%s' the mistake %s", async (name, message, c) => {
    const check = checkNamed(name);
    await expect((async () => check.run(c))()).rejects.toThrow(message);
    keptTensor?.dispose();
  });

  it("names options that it cannot try with another value", async () => {
    const notes: string[] = [];
    const scaled = {
      ...method("scaled", graft({ ...scale, affine: ({ s }) => ({ scale: s }) })),
      options: z.strictObject({ comment: z.string().default("none") }),
    };
    const check = checkNamed("is another method with another value of each option");
    await check.run({ method: scaled }, { note: (text) => notes.push(text) });
    expect(notes).toEqual(["not tried, because no other value is known: comment"]);
  });

  it("passes a method without a forward, which runs on its merged weights", async () => {
    const merged = method(
      "merged-only",
      graft({
        at,
        weights: ({ out }) => ({ s: ones(out) }),
        merge: (base, { s }, { path }) => ({
          [`${path}.weight`]: tf.mul(base[`${path}.weight`]!, tf.expandDims(s, 1)),
          [`${path}.bias`]: tf.mul(base[`${path}.bias`]!, s),
        }),
      }),
    );
    for (const check of checks) await check.run({ method: merged, merges: true });
  });

  describe("with affine grafts", () => {
    const affine = (at: string, key = "") =>
      graft({
        at,
        weights: ({ out }) => ({ [`s${key}`]: ones(out), [`t${key}`]: zeros(out) }),
        affine: (w) => ({ scale: w[`s${key}`]!, shift: w[`t${key}`]! }),
      });
    const methodOf = (name: string, ...grafts: Graft[]) => ({
      ...method(name, grafts[0]!),
      adapt: () => ({ grafts }),
    });

    it.each(checks)(
      "passes affine grafts that compose with each other, a modulation or a gate, and merge: $name",
      ({ run }) =>
        run({
          method: methodOf(
            "nested",
            affine("**.{norm1,attn,proj,fc1,mlp,norm_final}"),
            affine("blocks.{1,2}.{norm2,attn,fc2}", "2"),
          ),
          merges: true,
        }),
    );

    it.each(checks)("passes an affine graft on a norm that merges into a layer with its own graft: $name", ({ run }) =>
      run({
        method: methodOf("modulated", affine("**.{norm1,norm2,norm_final}"), affine("**.adaLN_modulation.1", "2")),
        merges: true,
      }),
    );

    it.each(checks)("passes an affine graft around grafts that only merge: $name", ({ run }) => {
      const update = (key: string, fold: (weight: tf.Tensor, own: tf.Tensor) => tf.Tensor) =>
        graft({
          at: "blocks.*.mlp.fc1",
          weights: ({ in: I }) => ({ [key]: zeros(1, I) }),
          merge: (base, w, { path }) => ({ [`${path}.weight`]: fold(base[`${path}.weight`]!, w[key]!) }),
        });
      return run({
        method: methodOf(
          "ordered",
          update("a", (weight, a) => tf.add(weight, a)),
          update("b", (weight, b) => tf.mul(weight, tf.add(1, b))),
          affine("blocks.*.mlp.fc1"),
        ),
        merges: true,
      });
    });

    it("refuses a graft that only merges after an affine graft on the same layer", () => {
      const update = graft({
        at: "blocks.*.mlp.fc1",
        weights: ({ in: I }) => ({ a: zeros(1, I) }),
        merge: (base, { a }, { path }) => ({ [`${path}.weight`]: tf.add(base[`${path}.weight`]!, a) }),
      });
      const method = methodOf("late", affine("blocks.*.mlp.fc1"), update);
      expect(() => firstAttach.run({ method, merges: true })).toThrow(
        "on 'blocks.0.mlp.fc1' a graft that only merges comes after one with affine or forward",
      );
    });

    it.each(checks)(
      "passes an affine graft that a forward wraps, or that no base weight can absorb: $name",
      ({ run }) => {
        const around = graft({
          at: "blocks.*.attn.proj",
          weights: ({ out }) => ({ s: ones(out) }),
          forward: (call, x, { s }) => tf.mul(call(x), s),
        });
        return run({
          method: methodOf(
            "mixed",
            affine("blocks.*.attn.proj", "0"),
            around,
            affine("blocks.*.{attn_branch,attn}"),
            affine("blocks"),
          ),
          merges: false,
        });
      },
    );

    it("gives the output of an explicit multiplication and addition, except for rounding", () => {
      const written = {
        ...affine("blocks.*.{attn,norm1}"),
        affine: undefined,
        forward: (call: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, w: Weights) => tf.add(tf.mul(call(x), w.s!), w.t!),
      } as unknown as Graft;
      const [a, b] = [affine("blocks.*.{attn,norm1}"), written].map((g) => {
        const s = makeSubject({ method: methodOf("same", g), merges: false });
        return forward(s, toTensors(s, { ...s.base, ...s.moved }), ...eagerInputs());
      });
      expect(tf.max(tf.abs(tf.sub(a!, b!))).dataSync()[0]).toBeLessThan(2e-6);
      expect(tf.max(tf.abs(a!)).dataSync()[0]).toBeGreaterThan(0.1);
    });

    it("refuses an affine graft that also has a forward", () => {
      const g = { ...affine(at), forward: (call: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) => call(x) };
      expect(() => firstAttach.run({ method: methodOf("two", g), merges: true })).toThrow(
        "has affine and forward; affine replaces both",
      );
    });
  });

  it("refuses a graft that has neither a forward nor a linear module to merge into", () => {
    const bad = method("nowhere", graft({ at: "blocks.0", weights: ({ out }) => ({ s: ones(out) }) }));
    expect(() => firstAttach.run({ method: bad, merges: false })).toThrow(
      "the graft on 'blocks.0' has neither forward nor affine",
    );
    expect(parseOptions(bad)).toEqual({});
  });
});
