// Grafts placed on modules: which sites there are, under which names, and in which order they run and fold.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { ones, zeros } from "./init.ts";
import type { Graft } from "./method.ts";
import { byModule, foldingOrder, runThrough, sitesOf } from "./sites.ts";
import { numbers, toy } from "./toy-model.test.data.ts";

beforeAll(() => tf.setBackend("cpu"));

const forwardGraft = (at: string, key = "s"): Graft => ({
  at,
  weights: ({ out }) => ({ [key]: ones(out) }),
  forward: (call, x, w) => tf.mul(call(x), w[key]!),
});
const affine = (at: string, key = "s"): Graft => ({
  at,
  weights: ({ out }) => ({ [key]: ones(out) }),
  affine: (w) => ({ scale: w[key]! }),
});
const merging = (at: string, key = "d"): Graft => ({
  at,
  weights: ({ out, in: width }) => ({ [key]: zeros(out, width) }),
  merge: (base, w, { path }) => ({ [`${path}.weight`]: tf.add(base[`${path}.weight`]!, w[key]!) }),
});
const sites = (...grafts: Graft[]) => sitesOf("mine", "mine", grafts, toy);

describe("sitesOf", () => {
  it("has one site for each module that a graft's glob matches, in the order of grafts and of modules", () => {
    expect(sites(forwardGraft("norm"), forwardGraft("block*.**", "t")).map((site) => site.module.path)).toEqual([
      "norm",
      "block",
      "block.fc",
    ]);
  });

  it("names new weights after module, method and key", () => {
    const [site] = sites(forwardGraft("block.fc"));
    expect(site!.prefix).toBe("block.fc.mine.");
    expect(Object.entries(site!.inits).map(([key, init]) => [key, init.shape])).toEqual([["s", [2]]]);
  });

  it("refuses two grafts that name one weight, but not two keys on one module", () => {
    expect(() => sites(forwardGraft("norm"), affine("*"))).toThrow("two grafts name a weight 'norm.mine.s'");
    expect(sites(forwardGraft("norm"), affine("norm", "t"))).toHaveLength(2);
  });

  it("refuses a new weight that has the name of a base weight", () => {
    expect(() => sitesOf("fc", "fc", [forwardGraft("block", "bias")], toy)).toThrow(
      "fc: the new weight 'block.fc.bias' has the name of a base weight; give the method another name",
    );
    expect(sitesOf("fc", "fc", [forwardGraft("block", "shift")], toy)).toHaveLength(1);
  });

  it("folds an affine graft only where base weights take it", () => {
    const folds = (path: string) => sites(affine(path))[0]!.fold !== undefined;
    expect(["norm", "block", "block.fc", "whole"].map(folds)).toEqual([true, true, true, false]);
  });

  it.each([
    ["affine and forward", { ...affine("norm"), forward: forwardGraft("norm").forward! }, "leave one out"],
    ["affine and merge", { ...affine("block.fc"), merge: merging("block.fc").merge! }, "leave one out"],
    ["only a merge, on a module that is no layer", merging("norm"), "has neither forward nor affine"],
    ["neither", { at: "norm", weights: () => ({}) }, "has neither forward nor affine"],
  ] as [string, Graft, string][])("refuses a graft with %s", (_, graft, message) => {
    expect(() => sites(graft)).toThrow(message);
  });
});

describe("byModule", () => {
  it("keeps the order of the grafts on one module", () => {
    const all = sites(forwardGraft("norm", "a"), affine("norm", "b"), affine("block", "c"));
    expect([...byModule(all)].map(([path, here]) => [path, here.map(({ inits }) => Object.keys(inits)[0])])).toEqual([
      ["norm", ["a", "b"]],
      ["block", ["c"]],
    ]);
  });

  it("refuses a change of a layer's weights that is listed after a graft around the layer", () => {
    expect(() => byModule(sites(affine("block.fc"), merging("block.fc")))).toThrow("list it before");
    expect(byModule(sites(merging("block.fc"), affine("block.fc"))).get("block.fc")).toHaveLength(2);
  });
});

describe("foldingOrder", () => {
  it("folds layers before the parts and norms that fold into them, otherwise in the order of grafts", () => {
    const order = foldingOrder(sites(affine("norm"), affine("block"), affine("modulation"), affine("block.fc")));
    expect(order.map((site) => site.module.path)).toEqual(["modulation", "block.fc", "norm", "block"]);
  });
});

describe("runThrough", () => {
  const x = () => tf.tensor([1, 2], [1, 2]);
  const plusOne = (y: tf.Tensor) => tf.add(y, 1);

  it("runs the first graft innermost", () => {
    const add: Graft = { at: "norm", weights: () => ({}), forward: (call, x) => tf.add(call(x), 10) };
    const double: Graft = { at: "norm", weights: () => ({}), forward: (call, x) => tf.mul(call(x), 2) };
    const run = (...grafts: Graft[]) => numbers(runThrough(sites(...grafts), {}, plusOne, x()).y);
    expect(run(add, double)).toEqual([24, 26]);
    expect(run(double, add)).toEqual([14, 16]);
  });

  it("leaves an affine map pending, and applies it where a forward stands around it", () => {
    const w = { "norm.mine.s": tf.tensor1d([3, 5]) };
    const waiting = runThrough(sites(affine("norm")), w, plusOne, x());
    expect(numbers(waiting.y)).toEqual([2, 3]);
    expect(numbers(waiting.scale!)).toEqual([3, 5]);
    const outer: Graft = { at: "norm", weights: () => ({}), forward: (call, x) => call(x) };
    const settled = runThrough(sites(affine("norm"), outer), w, plusOne, x());
    expect(settled.scale).toBeUndefined();
    expect(numbers(settled.y)).toEqual([6, 15]);
  });

  it("runs a layer on the weights that its merging grafts give, one after the other", () => {
    const twice: Graft = {
      ...merging("block.fc"),
      weights: () => ({}),
      merge: (base, _, { path }) => ({ [`${path}.weight`]: tf.mul(base[`${path}.weight`]!, 2) }),
    };
    const own = { weight: tf.tensor([1, 0, 0, 1], [2, 2]), bias: tf.zeros([2]) };
    const w = { "block.fc.mine.d": tf.tensor([1, 1, 1, 1], [2, 2]) };
    const weightOf = (...grafts: Graft[]) =>
      numbers(runThrough(sites(...grafts), w, (_, own) => own!.weight, x(), own).y);
    expect(weightOf(merging("block.fc"), twice)).toEqual([4, 2, 2, 4]);
    expect(weightOf(twice, merging("block.fc"))).toEqual([3, 1, 1, 3]);
  });

  it("refuses a merge that changes another layer, where there is no forward", () => {
    const foreign: Graft = { ...merging("block.fc"), merge: () => ({ "patch.weight": tf.zeros([2, 2]) }) };
    const own = { weight: tf.zeros([2, 2]), bias: tf.zeros([2]) };
    const w = { "block.fc.mine.d": tf.zeros([2, 2]) };
    expect(() => runThrough(sites(foreign), w, (x) => x, x(), own)).toThrow(
      "merge of the graft on 'block.fc' returns 'patch.weight', which is no weight of 'block.fc', and without a " +
        "forward it may change that layer only",
    );
  });
});
