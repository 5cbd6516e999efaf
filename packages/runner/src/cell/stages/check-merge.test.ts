// The check that merging keeps the model's output.

import { createEngine, type Engine } from "@dit-bench/compiler";
import { dit, ditModel } from "@dit-bench/dit";
import {
  attach,
  defineMethod,
  type Graft,
  graft,
  linear,
  normal,
  ones,
  size,
  tf,
  type Values,
  type Weights,
  z,
  zeros,
} from "@dit-bench/method";
import bitfit from "@dit-bench/method-bitfit";
import vpt from "@dit-bench/method-vpt";
import { normals } from "@dit-bench/random";
import { beforeAll, describe, expect, it } from "vitest";
import { tinyConfig, tinyWeights } from "../../training/tiny-dit.test.data.ts";
import { checkMerge } from "./check-merge.ts";

const config = tinyConfig(3);
const model = ditModel(config);
const base = tinyWeights(config);
const method = (...grafts: Graft[]) =>
  defineMethod({
    name: "mine",
    label: () => "Mine",
    source: "here",
    options: z.strictObject({}),
    learningRate: 1e-3,
    adapt: () => ({ grafts }),
  });

type Merge = NonNullable<Graft["merge"]>;
/** LoRA with a scale of 1/2, merged right unless another merge is given. */
const lowRank = (merge: Merge = merged(0.5)): Graft =>
  graft({
    at: "blocks.*.attn.qkv",
    weights: ({ in: I, out: O }) => ({ a: normal(0.1, 2, I), b: zeros(O, 2) }),
    forward: (call, x, { a, b }) => tf.add(call(x), tf.mul(0.5, linear(linear(x, a!), b!))),
    merge,
  });
const merged =
  (scale: number): Merge =>
  (weights, { a, b }, { path }) => ({
    [`${path}.weight`]: tf.add(weights[`${path}.weight`]!, tf.mul(scale, tf.matMul(b!, a!))),
  });

/** The method's weights, moved off their start. */
function trainedOf(adapted: ReturnType<typeof attach>): Values {
  return Object.fromEntries(
    Object.entries(adapted.initial(base, 0)).map(([name, v]) => {
      const noise = normals(1, name, 0, v.length);
      return [name, v.map((x, i) => x + 0.1 * noise[i]!)];
    }),
  );
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("cpu", { threads: 1 });
});
const check = (m: Parameters<typeof attach>[0], on = engine) => {
  const adapted = attach(m, model);
  return checkMerge({ engine: on, adapted, config, base, trained: trainedOf(adapted) });
};

describe("checkMerge", () => {
  it("accepts a merge that is right up to rounding", async () => {
    expect(await check(method(lowRank()))).toBeLessThan(2e-6);
    expect(await check(method(lowRank()), await createEngine("tfjs-cpu"))).toBeLessThan(2e-6);
  });

  it("checks in float32 where the engine has another precision", async () => {
    const difference = await check(method(lowRank()), await createEngine("cpu+float16", { threads: 1 }));
    expect(difference).toBeLessThan(2e-6);
  });

  it("accepts a model whose outputs are all zero, such as an untrained DiT", async () => {
    const adapted = attach(method(lowRank()), model);
    const zero = Object.fromEntries(
      Object.entries(base).map(([name, v]) => [name, name.startsWith("final_layer.linear") ? v.map(() => 0) : v]),
    );
    expect(await checkMerge({ engine, adapted, config, base: zero, trained: trainedOf(adapted) })).toBe(0);
  });

  it("compares nothing where no graft is merged", async () => {
    expect(await check(bitfit)).toBeUndefined();
    expect(await check(vpt)).toBeUndefined();
  });

  it("rejects a merge without the scale, and names the method, the module and the tolerance", async () => {
    const wrong = Object.create(method(lowRank(merged(1))), { plugin: { value: "./mine" } });
    await expect(check(wrong)).rejects.toMatchObject({
      name: "MethodError",
      message: expect.stringMatching(
        new RegExp(
          "^plug-in \\./mine: method 'mine': merging the graft on 'blocks\\.0\\.attn\\.qkv' changes the model: " +
            ".*differ by 0\\.\\d+ of the largest, more than 0\\.00002; ",
        ),
      ),
    });
  });

  it.each([
    ["is wrong in one block", (path: string) => (path.includes(".2.") ? 1 : 0.5), "blocks.2.attn.qkv"],
    ["gives NaN in one block", (path: string) => (path.includes(".1.") ? Number.NaN : 0.5), "blocks.1.attn.qkv"],
  ])("names the first module whose merge %s", async (_, scale, module) => {
    const merge: Merge = (weights, w, at) => merged(scale(at.path))(weights, w, at);
    await expect(check(method(lowRank(merge)))).rejects.toThrow(`merging the graft on '${module}' changes the model`);
  });

  it("rejects a merge that returns a weight which the model does not have", async () => {
    const merge: Merge = (weights, _, { path }) => ({ [`${path}.wieght`]: weights[`${path}.weight`]! });
    await expect(check(method(lowRank(merge)))).rejects.toThrow(
      "merge of the graft on 'blocks.0.attn.qkv' returns 'blocks.0.attn.qkv.wieght', " +
        "which is no weight of the base model; did you mean 'blocks.0.attn.qkv.weight'?",
    );
  });
});

it("mergedValues keeps the output after each graft, also where grafts on norms, parts and layers are nested", () => {
  const affine = (at: string, key: string) =>
    graft({
      at,
      weights: ({ out }) => ({ [`s${key}`]: ones(out), [`t${key}`]: zeros(out) }),
      affine: (w) => ({ scale: w[`s${key}`]!, shift: w[`t${key}`]! }),
    });
  const adapted = attach(
    method(
      affine("**.{norm1,attn,mlp,norm_final}", "0"),
      affine("blocks.*.{attn.proj,adaLN_modulation.1}", "1"),
      lowRank(),
      affine("blocks.*.attn.qkv", "2"),
    ),
    model,
  );
  const all: Values = { ...base, ...trainedOf(adapted) };
  const shapes = [...model.weights, ...adapted.trainable];
  tf.tidy(() => {
    const tensors: Weights = Object.fromEntries(shapes.map((w) => [w.name, tf.tensor(all[w.name]!, [...w.shape])]));
    const x = tf.tensor(normals(0, "x", 0, 2 * size([3, 8, 8])), [2, 3, 8, 8]);
    const output = (count: number) => {
      const { weights } = adapted.merge(tensors, count);
      return dit(
        { ...tensors, ...weights },
        config,
        x,
        tf.tensor([1, 500]),
        tf.tensor([0, 2], [2], "int32"),
        adapted.call(tensors, count),
      );
    };
    const whole = output(0);
    const scale = tf.max(tf.abs(whole)).dataSync()[0]!;
    expect(adapted.sites.length).toBeGreaterThan(15);
    for (let count = 1; count <= adapted.sites.length; count++)
      expect(tf.max(tf.abs(tf.sub(output(count), whole))).dataSync()[0]! / scale, `${count}`).toBeLessThan(1e-5);
  });
});
