// Conformance of (IA)³, and its scales against hand numbers.

import { checks } from "@dit-bench/conformance";
import { type Model, type Module, parseOptions, tf } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import ia3 from "./index.ts";

describe.each([{}, { scaled: ["mlp"] }, { scaled: ["values", "keys", "values"] }])("(IA)³ %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: ia3, options, merges: true }));
});

describe("(IA)³", () => {
  const [keys, values, mlp] = ia3.adapt(parseOptions(ia3), { width: 2 } as Model).grafts!;

  it("scales the keys and the values of qkv, and no queries", () => {
    const ofKeys = keys!.affine!({ keys_D: tf.tensor1d([2, 3]) }).scale!;
    const ofValues = values!.affine!({ values_D: tf.tensor1d([4, 5]) }).scale!;
    expect([...tf.mul(ofKeys, ofValues).dataSync()]).toEqual([1, 1, 2, 3, 4, 5]);
  });

  it("scales the input of fc2, and not its bias", () => {
    const layer: Module = { path: "fc2", kind: "linear", in: 3, out: 2 };
    const hidden_F = tf.tensor1d([2, 3, 10]);
    const x = tf.tensor2d([1, -1, 0.5], [1, 3]);
    const input = mlp!.forward!((x) => x, x, { hidden_F });
    expect([...input.dataSync()]).toEqual([2, -3, 5]);
    const base = { "fc2.weight": tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), "fc2.bias": tf.zeros([2]) };
    const merged = mlp!.merge!(base, { hidden_F }, layer);
    expect(Object.keys(merged)).toEqual(["fc2.weight"]);
    expect([...merged["fc2.weight"]!.dataSync()]).toEqual([2, 6, 30, 8, 15, 60]);
  });

  it("names a wrong option and its value", () => {
    expect(() => parseOptions(ia3, { scaled: [] })).toThrow(/option 'scaled'.*given \[\]/);
    expect(() => parseOptions(ia3, { scaled: ["queries"] })).toThrow(/option 'scaled.0'.*given "queries"/);
  });
});
