// Tests of attach: trainable weights, their initial values, the adapted model's calls, and merging.
//
// N = batch, D = width (2)

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { attach, callModule } from "./attach.ts";
import { constant, normal, ones, zeros } from "./init.ts";
import { defineMethod, type Graft, graft } from "./method.ts";
import { difference, numbers, runToy, toy, toyMethod, toyTensors, toyValues } from "./toy-model.test.data.ts";

beforeAll(() => tf.setBackend("cpu"));

const x_ND = () => tf.tensor([0.5, -1, 2, 3], [2, 2]);
const scaleGraft = (at: string, key = "gamma"): Graft =>
  graft({ at, weights: ({ out }) => ({ [key]: ones(out) }), affine: (w) => ({ scale: w[key]! }) });
const updateGraft = (at: string): Graft =>
  graft({
    at,
    weights: ({ in: width, out }) => ({ delta: zeros(out, width) }),
    merge: (base, { delta }, { path }) => ({ [`${path}.weight`]: tf.add(base[`${path}.weight`]!, delta) }),
  });
const forwardGraft = (at: string): Graft =>
  graft({ at, weights: ({ out }) => ({ b: zeros(out) }), forward: (call, x, { b }) => tf.add(call(x), b) });

/** All weights of the adapted model; the trainable ones differ from their initial values and from each other. */
function weightsOf(adapted: ReturnType<typeof attach>): Record<string, tf.Tensor> {
  const start = adapted.initial(toyValues, 0);
  const trained = adapted.trainable.map(({ name, shape }, index): [string, tf.Tensor] => [
    name,
    tf.tensor(
      start[name]!.map((v, i) => v + 0.1 * (index + 1) - 0.03 * i),
      [...shape],
    ),
  ]);
  return { ...toyTensors(), ...Object.fromEntries(trained) };
}

describe("attach", () => {
  it("lists trainable base weights in the model's order, then the weights of grafts, and the rest as frozen", () => {
    const adapted = attach(toyMethod({ train: ["block.**"], grafts: [scaleGraft("{norm,block}")] }), toy);
    expect(adapted.trainable).toEqual([
      { name: "block.fc.weight", shape: [2, 2] },
      { name: "block.fc.bias", shape: [2] },
      { name: "classes", shape: [3, 2] },
      { name: "block.mine.gamma", shape: [2] },
      { name: "norm.mine.gamma", shape: [2] },
    ]);
    expect(adapted.frozen.map(({ name }) => name)).toEqual([
      "positions",
      "patch.weight",
      "patch.bias",
      "modulation.weight",
      "modulation.bias",
    ]);
    expect(adapted.parameters).toBe(4 + 2 + 6 + 2 + 2);
  });

  it("parses the options and passes them to adapt with the defaults filled in", () => {
    const method = defineMethod({
      ...toyMethod({}),
      label: ({ at }) => `Mine at ${at}`,
      options: z.strictObject({ at: z.string().default("block.fc"), rank: z.int().default(2) }),
      adapt: ({ at, rank }) => ({
        grafts: [graft({ at, weights: () => ({ a: ones(rank) }), forward: (call, x) => call(x) })],
      }),
    });
    expect(attach(method, toy, { rank: 5 }).trainable.at(-1)).toEqual({ name: "block.fc.mine.a", shape: [5] });
    expect(attach(method, toy, { at: "norm" }).options).toEqual({ at: "norm", rank: 2 });
    expect(() => attach(method, toy, { rank: 1.5 })).toThrow("mine: option 'rank': ");
  });

  it("passes the description of the model to adapt", () => {
    const method = {
      ...toyMethod({}),
      adapt: (_: object, { depth }: { depth: number }) => ({ train: [`*.{${depth},bias}`] }),
    };
    expect(attach(method, toy).trainable.map(({ name }) => name)).toEqual(["patch.bias", "modulation.bias", "classes"]);
  });
});

describe("initial", () => {
  it("copies the base weights that train, so that changing a copy does not change the base model", () => {
    const start = attach(toyMethod({ train: ["patch.bias"] }), toy).initial(toyValues, 0);
    expect(Object.keys(start).sort()).toEqual(["classes", "patch.bias"]);
    expect(start["patch.bias"]).toEqual(toyValues["patch.bias"]);
    start["patch.bias"]![0] = 99;
    expect(toyValues["patch.bias"]![0]).not.toBe(99);
  });

  it("keys random initial values by the seed and by the weight's name", () => {
    const random = graft({ at: "{norm,block}", weights: () => ({ a: normal(1, 8) }), forward: (call, x) => call(x) });
    const adapted = attach(toyMethod({ grafts: [random] }), toy);
    const [zero, again, one] = [0, 0, 1].map((seed) => adapted.initial(toyValues, seed));
    expect(zero).toEqual(again);
    expect(zero!["norm.mine.a"]).not.toEqual(one!["norm.mine.a"]);
    expect(zero!["norm.mine.a"]).not.toEqual(zero!["block.mine.a"]);
  });

  it("lets initial values depend on the base model's weights", () => {
    const copying = graft({
      at: "block.fc",
      weights: ({ path, out }) => ({
        magnitude: { shape: [out], values: ({ base }) => base(`${path}.bias`).map((v) => 2 * v) },
      }),
      affine: ({ magnitude }) => ({ scale: magnitude! }),
    });
    const start = attach(toyMethod({ grafts: [copying] }), toy).initial(toyValues, 0);
    expect(start["block.fc.mine.magnitude"]).toEqual(toyValues["block.fc.bias"]!.map((v) => 2 * v));
  });

  it("gives an initializer copies of base weights, and keeps none of its arrays", () => {
    const shared = new Float32Array(2);
    const changing = graft({
      at: "{norm,block}",
      weights: () => ({
        own: { shape: [2], values: () => shared },
        moved: { shape: [2], values: ({ base }) => base("patch.bias").fill(7) },
      }),
      forward: (call, x) => call(x),
    });
    const before = toyValues["patch.bias"]!.slice();
    const start = attach(toyMethod({ grafts: [changing] }), toy).initial(toyValues, 0);
    expect(toyValues["patch.bias"]).toEqual(before);
    start["norm.mine.own"]![0] = 5;
    expect([start["block.mine.own"]![0], shared[0]]).toEqual([0, 0]);
  });

  it("names a base weight that the checkpoint does not have", () => {
    const { classes: _, ...incomplete } = toyValues;
    expect(() => attach(toyMethod({}), toy).initial(incomplete, 0)).toThrow(
      "mine: the base model has no weight 'classes'",
    );
  });
});

describe("call", () => {
  it("calls the module alone where no graft is attached", () => {
    const adapted = attach(toyMethod({ grafts: [scaleGraft("norm")] }), toy);
    const moduleWeights = { weight: tf.zeros([2, 2]), bias: tf.zeros([2]) };
    const call = adapted.call(weightsOf(adapted));
    const y = call("patch", (x, w) => (w === moduleWeights ? tf.add(x, 1) : x), x_ND(), moduleWeights);
    expect(numbers(y.y)).toEqual([1.5, 0, 3, 4]);
    expect(numbers(callModule("patch", (x) => tf.add(x, 1), x_ND()).y)).toEqual([1.5, 0, 3, 4]);
  });

  it("gives the base model's output before training if all grafts start as the identity", () => {
    const grafts = [scaleGraft("{norm,block,whole}"), updateGraft("block.fc"), forwardGraft("patch")];
    const adapted = attach(toyMethod({ grafts }), toy);
    const start = Object.fromEntries(
      adapted.trainable.map(({ name, shape }) => [name, tf.tensor(adapted.initial(toyValues, 0)[name]!, [...shape])]),
    );
    const w = { ...toyTensors(), ...start };
    expect(difference(runToy(w, x_ND(), adapted.call(w)), runToy(w, x_ND()))).toBe(0);
  });

  it("runs a graft's forward with the module's input and its own weights", () => {
    const adapted = attach(toyMethod({ grafts: [forwardGraft("whole")] }), toy);
    const w = { ...toyTensors(), "whole.mine.b": tf.tensor1d([10, 20]) };
    const wanted = tf.add(runToy(w, x_ND()), [10, 20]);
    expect(difference(runToy(w, x_ND(), adapted.call(w)), wanted)).toBeLessThan(1e-5);
  });
});

describe("merge", () => {
  const grafts = (): [string, Graft[]][] => [
    ["a scale on a layer", [scaleGraft("block.fc")]],
    ["a scale on a block and one on the block's last layer", [scaleGraft("block"), scaleGraft("block.fc", "inner")]],
    ["a scale on a norm and one on its modulation", [scaleGraft("norm"), scaleGraft("modulation", "inner")]],
    ["an update and a scale of one layer", [updateGraft("block.fc"), scaleGraft("block.fc", "outer")]],
    ["an update of a layer that is stored as a convolution", [updateGraft("patch")]],
    ["a scale on every module that can have one", [scaleGraft("{patch,block,norm,modulation,block.fc}")]],
  ];

  it.each(grafts())("gives weights with which the model without grafts has the same output: %s", (_, grafts) => {
    const adapted = attach(toyMethod({ train: ["**.bias"], grafts }), toy);
    const w = weightsOf(adapted);
    const { weights, unmerged } = adapted.merge(w);
    expect(unmerged).toEqual([]);
    expect(adapted.merges).toBe(true);
    const wanted = runToy(w, x_ND(), adapted.call(w));
    expect(difference(runToy(weights, x_ND()), wanted)).toBeLessThan(1e-4);
    expect(difference(runToy(w, x_ND()), wanted)).toBeGreaterThan(1e-2); // the grafts do something
  });

  it("keeps the stored shape of every weight", () => {
    const adapted = attach(toyMethod({ grafts: [updateGraft("patch")] }), toy);
    const { weights } = adapted.merge(weightsOf(adapted));
    expect(Object.entries(weights).map(([name, { shape }]) => ({ name, shape }))).toEqual(
      toy.weights.map(({ name, shape }) => ({ name, shape })),
    );
  });

  it("names the modules of grafts that cannot be merged, and merges the others", () => {
    const adapted = attach(
      toyMethod({ grafts: [forwardGraft("norm"), scaleGraft("block.fc"), scaleGraft("whole", "outer")] }),
      toy,
    );
    const { weights, unmerged } = adapted.merge(weightsOf(adapted));
    expect(unmerged).toEqual(["norm", "whole"]);
    expect(adapted.merges).toBe(false);
    expect(difference(weights["block.fc.weight"]!, toyTensors()["block.fc.weight"]!)).toBeGreaterThan(0.01);
  });

  it("merges the first grafts and runs the rest in `call`, with equal output for any number merged", () => {
    const adapted = attach(
      toyMethod({ grafts: [scaleGraft("norm"), updateGraft("block.fc"), scaleGraft("block", "outer")] }),
      toy,
    );
    expect(adapted.sites).toEqual(["block.fc", "norm", "block"]);
    const w = weightsOf(adapted);
    const wanted = runToy(w, x_ND(), adapted.call(w));
    for (const count of [0, 1, 2, 3]) {
      const merged = { ...w, ...adapted.merge(w, count).weights };
      const output = runToy(merged, x_ND(), adapted.call(merged, count));
      expect(difference(output, wanted), `${count} merged`).toBeLessThan(1e-4);
    }
  });
});

describe("constant", () => {
  it("fills a weight of the given shape with the value", () => {
    const adapted = attach(
      toyMethod({
        grafts: [graft({ at: "norm", weights: () => ({ a: constant(7, 2, 3) }), forward: (call, x) => call(x) })],
      }),
      toy,
    );
    expect(adapted.initial(toyValues, 0)["norm.mine.a"]).toEqual(new Float32Array(6).fill(7));
  });
});
