// The errors for mistakes in adapt, in a graft and in its functions, as the author of a method reads them. The model
// has two blocks of two linear layers.

import * as tf from "@dit-bench/tfjs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { attach } from "./attach.ts";
import { type Init, normal, ones, zeros } from "./init.ts";
import { type AnyMethod, defineMethod } from "./method.ts";
import type { Model, Values } from "./model.ts";

const layers = ["blocks.0.fc1", "blocks.0.fc2", "blocks.1.fc1", "blocks.1.fc2"];
const model: Model = {
  name: "two layers",
  depth: 2,
  width: 4,
  weights: [
    ...layers.flatMap((path) => [
      { name: `${path}.weight`, shape: [4, 4] },
      { name: `${path}.bias`, shape: [4] },
    ]),
    { name: "table", shape: [2, 4] },
  ],
  modules: layers.map((path) => ({ path, kind: "linear", in: 4, out: 4 })),
  classEmbedding: "table",
};
const base: Values = Object.fromEntries(
  model.weights.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]),
);
const at = "blocks.*.fc1";

/** A method whose adapt returns this value. */
const methodReturning = (adapted: unknown): AnyMethod =>
  defineMethod({
    name: "mine",
    label: () => "Mine",
    source: "here",
    options: z.strictObject({}),
    learningRate: 1e-3,
    adapt: () => adapted as object,
  });
const grafted = (fields: object) => methodReturning({ grafts: [{ at, weights: () => ({ s: ones(4) }), ...fields }] });
const forward = (call: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) => call(x);

/** Runs the first module with the method on it, on a batch of three. */
const run = (method: AnyMethod) =>
  tf.tidy(() => {
    const w = { "blocks.0.fc1.mine.s": tf.ones([4]), "blocks.1.fc1.mine.s": tf.ones([4]) };
    const own = { weight: tf.zeros([4, 4]), bias: tf.zeros([4]) };
    attach(method, model).call(w)("blocks.0.fc1", (x) => x, tf.ones([3, 4]), own);
  });
const merge = (method: AnyMethod) =>
  tf.tidy(() => {
    const w = { "blocks.0.fc1.mine.s": tf.ones([4]), "blocks.1.fc1.mine.s": tf.ones([4]) };
    const weights = Object.fromEntries(model.weights.map(({ name, shape }) => [name, tf.zeros([...shape])]));
    attach(method, model).merge({ ...weights, ...w });
  });

describe("adapt", () => {
  const cases: [given: unknown, message: string][] = [
    [undefined, "mine: adapt returns nothing; wanted { train, grafts }"],
    [["**.bias"], "mine: adapt returns an array; wanted"],
    [Promise.resolve({}), "mine: adapt returns a promise; adapt cannot be async"],
    [{ trains: ["**"] }, "adapt returns a field 'trains', wanted train or grafts; did you mean 'train'?"],
    [{ train: "**.bias" }, `adapt: train is the text "**.bias"; wanted an array of globs`],
    [{ train: [3] }, "adapt: train is an array; wanted an array of globs"],
    [{ grafts: {} }, "adapt: grafts is an object {  }; wanted an array"],
    [{ grafts: [undefined] }, "adapt: grafts[0] is nothing; wanted graft("],
    [{ grafts: [{ at, weight: () => ({}) }] }, "grafts[0] has a field 'weight', wanted at, weights,"],
    [{ grafts: [{ weights: () => ({}) }] }, "adapt: grafts[0].at is nothing; wanted a glob"],
    [{ grafts: [{ at, weights: {} }] }, "adapt: grafts[0].weights is an object {  }; wanted a function"],
    [
      { grafts: [{ at, weights: () => ({}), forward: 1 }] },
      "adapt: grafts[0].forward is the number 1; wanted a function",
    ],
  ];
  it.each(cases)("is refused when it returns %j", (given, message) => {
    expect(() => attach(methodReturning(given), model)).toThrow(message);
  });

  it("is named with the line when it throws", () => {
    const method = { ...methodReturning({}), adapt: () => (undefined as unknown as { x: object }).x };
    expect(() => attach(method, model)).toThrow(/^mine: adapt: Cannot read .* \(at .*mistakes\.test\.ts:\d+:\d+\)$/);
  });

  it("is named when it throws a value that is not an Error", () => {
    const adapt = () => {
      throw null;
    };
    expect(() => attach({ ...methodReturning({}), adapt }, model)).toThrow("mine: adapt: it threw null");
  });

  it("is refused when it calls Math.random", () => {
    const method = { ...methodReturning({}), adapt: () => ({ train: [Math.random() < 2 ? "**.bias" : "**"] }) };
    expect(() => attach(method, model)).toThrow(/mine: adapt: Math\.random was called \(at .*mistakes\.test\.ts/);
  });

  it("is named after its plug-in, in front of the method", () => {
    expect(() => attach({ ...methodReturning(undefined), plugin: "./here" }, model)).toThrow(
      /^plug-in \.\/here: method 'mine': adapt returns nothing/,
    );
  });
});

describe("a glob that matches nothing", () => {
  const cases: [train: string, meant: string][] = [
    ["blocks.*.fc1.bais", "blocks.*.fc1.bias"],
    ["block.*.fc1.bias", "blocks.*.fc1.bias"],
    ["blocks.*.fc1", "blocks.*.fc1.*"],
    ["fc1.bias", "**.fc1.bias"],
    ["fc2", "**.fc2.*"],
    ["**bias", "**.bias"],
    ["blocks.7.fc1.bias", "blocks.*.fc1.bias"],
    ["model.blocks.*.fc1.bias", "blocks.*.fc1.bias"],
    ["blocks.*.{fc1,fc3}.biass", "blocks.*.{fc1,fc1}.bias"],
  ];
  it.each(cases)("is reported with the nearest one that matches: %s gives %s", (train, meant) => {
    expect(() => attach(methodReturning({ train: [train] }), model)).toThrow(
      `mine: no weight of the model matches '${train}'; did you mean '${meant}'?`,
    );
  });

  it("is reported with the module's path when it names a weight", () => {
    expect(() => attach(grafted({ at: "blocks.*.fc1.weight", forward }), model)).toThrow(
      "did you mean 'blocks.*.fc1'?",
    );
  });

  it.each(["attention_probabilities", "{", "(", ""])(
    "is reported with examples when no path is close: '%s'",
    (train) => {
      expect(() => attach(methodReturning({ train: [train] }), model)).toThrow(
        /wanted a glob over paths such as blocks\.0\.fc1\.weight/,
      );
    },
  );
});

describe("a new weight", () => {
  const withWeight = (s: unknown) => grafted({ weights: () => ({ s }), forward });
  const cases: [given: unknown, message: string][] = [
    [3, "gives 's' as the number 3; wanted an Init, such as zeros(4)"],
    [[1, 2], "gives 's' as an array; wanted an Init"],
    [undefined, "gives 's' as nothing; wanted an Init"],
    [tf.tensor([1, 2]), "gives 's' as a tensor [2]; wanted an Init"],
    [zeros, "gives 's' as a function; wanted an Init"],
    [zeros(Number.NaN), "gives 's' the shape [NaN]; wanted whole numbers of at least 1"],
    [zeros(4, 0), "gives 's' the shape [4, 0]"],
    [normal(0.1, undefined as unknown as number), "gives 's' the shape [undefined]"],
  ];
  it.each(cases)("is refused when it is %o", (given, message) => {
    expect(() => attach(withWeight(given), model)).toThrow(`mine: weights of the graft on 'blocks.0.fc1' ${message}`);
  });

  it("is refused under a key with a dot, and where weights returns no object", () => {
    expect(() => attach(grafted({ weights: () => ({ "a.b": ones(1) }), forward }), model)).toThrow('has a key "a.b"');
    expect(() => attach(grafted({ weights: () => [ones(1)], forward }), model)).toThrow(
      "gives an array; wanted an object",
    );
  });

  const init = (values: Init["values"]): Init => ({ shape: [4], values });
  const starts: [values: Init["values"], message: RegExp][] = [
    [() => Float32Array.of(1, Number.NaN, 1, 1), /hold NaN at place 1; wanted finite numbers/],
    [() => Float32Array.of(1, 1, 1, Number.POSITIVE_INFINITY), /hold Infinity at place 3/],
    [() => new Float32Array(3), /are 3; wanted a Float32Array of 4 for the shape \[4\]/],
    [() => [1, 1, 1, 1] as unknown as Float32Array, /are an array; wanted a Float32Array of 4/],
    [
      ({ base }) => base("blocks.0.fc1.wieght"),
      /has no weight 'blocks\.0\.fc1\.wieght'; did you mean 'blocks\.0\.fc1\.weight'/,
    ],
    [() => new Float32Array(4).map(() => Math.random()), /Math\.random was called \(at .*mistakes\.test\.ts/],
    [() => tf.tidy(() => tf.randomNormal([4]).dataSync() as Float32Array), /Math\.random was called \(at .*mistakes/],
  ];
  it.each(starts)("is refused when its starting values are those of %s", (values, message) => {
    const adapted = attach(withWeight(init(values)), model);
    expect(() => adapted.initial(base, 0)).toThrow(message);
    expect(() => adapted.initial(base, 0)).toThrow(/^mine: /);
  });
});

describe("forward", () => {
  const cases: [forward: unknown, message: RegExp][] = [
    [() => undefined, /forward of the graft on 'blocks\.0\.fc1' returns nothing; wanted a tensor/],
    [
      () => tf.ones([3, 5]),
      /returns a tensor of shape \[3,5\] for an input of \[3,4\]; wanted 2 axes, 3 first and 4 last/,
    ],
    [() => tf.ones([2, 4]), /returns a tensor of shape \[2,4\]/],
    [() => tf.ones([3, 1, 4]), /returns a tensor of shape \[3,1,4\]/],
    [(_: unknown, x: tf.Tensor) => tf.matMul(x, tf.ones([5, 2])), /inner .* \(at .*mistakes\.test\.ts:\d+:\d+\)$/i],
    [(_: unknown, x: tf.Tensor, w: { gamma: tf.Tensor }) => tf.mul(x, w.gamma), /must be a Tensor .* \(at .*mistakes/],
  ];
  it.each(cases)("is refused when it is %s", (forward, message) => {
    expect(() => run(grafted({ forward }))).toThrow(message);
    expect(() => run(grafted({ forward }))).toThrow(/^mine: forward of the graft on 'blocks\.0\.fc1'/);
  });

  it("is named as the inner one when it throws inside another forward", () => {
    const inner = { at, weights: () => ({}), forward: () => tf.ones([3, 5]) };
    const outer = { at, weights: () => ({ s: ones(4) }), forward };
    expect(() => run(methodReturning({ grafts: [inner, outer] }))).toThrow(/returns a tensor of shape \[3,5\]/);
  });
});

describe("affine", () => {
  const cases: [given: unknown, message: string][] = [
    [undefined, "returns nothing; wanted { scale, shift }"],
    [{}, "returns neither scale nor shift"],
    [{ bias: tf.ones([4]) }, "returns a field 'bias', wanted scale or shift"],
    [{ scale: 2 }, "returns scale as the number 2; wanted a tensor"],
    [{ shift: tf.ones([5]) }, "returns shift of shape [5]; wanted [4] or [1]"],
    [{ scale: tf.ones([3, 4]) }, "returns scale of shape [3,4]; wanted [4] or [1]"],
  ];
  it.each(cases)("is refused when it returns %o", (given, message) => {
    expect(() => run(grafted({ affine: () => given }))).toThrow(
      `mine: affine of the graft on 'blocks.0.fc1' ${message}`,
    );
  });
});

describe("merge", () => {
  const cases: [given: unknown, message: string][] = [
    [undefined, "returns nothing; wanted the changed base weights"],
    [{ "blocks.0.fc1.weigth": tf.ones([4, 4]) }, "is no weight of the base model; did you mean 'blocks.0.fc1.weight'?"],
    [{ "blocks.0.fc1.weight": tf.ones([4]) }, "returns 'blocks.0.fc1.weight' of shape [4]; wanted [4,4]"],
    [{ "blocks.0.fc1.bias": 0 }, "returns 'blocks.0.fc1.bias' as the number 0; wanted a tensor"],
  ];
  it.each(cases)("is refused when it returns %o", (given, message) => {
    const method = grafted({ forward, merge: () => given });
    expect(() => merge(method)).toThrow(message);
    expect(() => merge(method)).toThrow(/^mine: merge of the graft on 'blocks\.0\.fc1' /);
  });

  const withoutForward: [given: unknown, message: string][] = [
    cases[0]!,
    [{ "blocks.0.fc1.weigth": tf.ones([4, 4]) }, "is no weight of 'blocks.0.fc1', and without a forward it may change"],
    ...cases.slice(2),
  ];
  it.each(withoutForward)(
    "is refused where a layer runs on its merged weights, when it returns %o",
    (given, message) => {
      const method = grafted({ merge: () => given });
      expect(() => run(method)).toThrow(message);
      expect(() => run(method)).toThrow(/^mine: merge of the graft on 'blocks\.0\.fc1' /);
    },
  );

  it("is named with the line when it throws where a layer runs on its merged weights", () => {
    const throwing = () => (undefined as unknown as { x: Record<string, tf.Tensor> }).x;
    expect(() => run(grafted({ merge: throwing }))).toThrow(
      /^mine: merge of the graft on 'blocks\.0\.fc1': Cannot read .* \(at .*mistakes\.test\.ts:\d+:\d+\)$/,
    );
  });

  const assigning = (base: object) => Object.assign(base, { "blocks.0.fc1.bias": tf.ones([4]) }) && {};

  it("is refused when it assigns to the weights that a layer runs with", () => {
    expect(() => run(grafted({ merge: assigning }))).toThrow(
      /^mine: merge of the graft on 'blocks\.0\.fc1': Cannot assign to read only property 'blocks\.0\.fc1\.bias'/,
    );
  });

  it("is refused when it assigns to the base weights", () => {
    expect(() => merge(grafted({ forward, merge: assigning }))).toThrow(
      /^mine: merge of the graft on 'blocks\.0\.fc1': Cannot assign to read only property 'blocks\.0\.fc1\.bias'/,
    );
  });
});

describe("a label", () => {
  const methodWithLabel = (label: unknown) => ({ ...methodReturning({}), label }) as AnyMethod;

  it("is refused when the method is attached, before anything is trained", () => {
    expect(() =>
      attach(
        methodWithLabel(() => "a\u0000b"),
        model,
      ),
    ).toThrow('label returns "a\\u0000b"; wanted text without');
    expect(() =>
      attach(
        methodWithLabel(() => 7),
        model,
      ),
    ).toThrow("label returns the number 7; wanted a short text");
    expect(() =>
      attach(
        methodWithLabel(() => " "),
        model,
      ),
    ).toThrow("label returns an empty text");
    expect(() =>
      attach(
        methodWithLabel(() => {
          throw new Error("no");
        }),
        model,
      ),
    ).toThrow("mine: label: no");
  });

  it("is refused if an option that it would show has control characters", () => {
    const method = { ...methodReturning({}), options: z.strictObject({ at: z.string().default("x") }) };
    expect(() => attach(method, model, { at: "a\nb" })).toThrow(`option 'at' is "a\\nb"; wanted text without control`);
  });
});
