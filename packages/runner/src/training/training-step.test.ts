// The training step of real runs: compiled against eager, micro-batches against whole batches, and determinism.

import { createEngine } from "@dit-bench/compiler";
import { describe, expect, it } from "vitest";
import { loadMethods } from "../methods/methods.ts";
import { stateNames } from "./optimizer-step.ts";
import { type TinyTraining, trainTiny } from "./tiny-training.test.data.ts";

const methods = await loadMethods();
const methodOf = (name: string) => methods.find((m) => m.method.name === name)!.method;

/** Throws unless both trainings agree: losses relative to their size, and weights. */
function expectClose(a: TinyTraining, b: TinyTraining, lossTolerance: number, kinds: readonly ("weights" | "ema")[]) {
  for (const [i, loss] of a.losses.entries())
    expect(Math.abs(b.losses[i]! - loss) / loss, `loss ${i}`).toBeLessThan(lossTolerance);
  for (const kind of kinds)
    for (const { name, indices } of a.ranges)
      for (const i of indices) {
        const difference = Math.abs(a.state[kind][i]! - b.state[kind][i]!);
        expect(difference, `${kind} of ${name}, element ${i} of all`).toBeLessThan(5e-5);
      }
}

describe.each(methods)("five AdamW steps of $method.name", ({ method }) => {
  it("give equal results compiled and eager: losses within 1e-5, weights within 5e-5", async () => {
    const eager = await trainTiny(await createEngine("tfjs-cpu"), method);
    const compiled = await trainTiny(await createEngine("cpu", { threads: 1 }), method);
    expectClose(eager, compiled, 1e-5, ["weights", "ema"]);
  });
});

describe("the training step", () => {
  it("gives equal results with and without micro-batches: losses within 1e-6, weights within 5e-5", async () => {
    const engine = await createEngine("cpu", { threads: 1 });
    for (const name of ["difffit", "full"]) {
      const whole = await trainTiny(engine, methodOf(name));
      for (const microBatches of [2, 4])
        expectClose(whole, await trainTiny(engine, methodOf(name), { microBatches }), 1e-6, ["ema"]);
    }
  });

  it("gives bit-identical results on every run and with any number of threads", async () => {
    const method = methodOf("difffit");
    const [one, again, two] = [
      await trainTiny(await createEngine("cpu", { threads: 1 }), method),
      await trainTiny(await createEngine("cpu", { threads: 1 }), method),
      await trainTiny(await createEngine("cpu", { threads: 2 }), method),
    ];
    for (const name of stateNames) {
      expect(again.state[name]).toEqual(one.state[name]);
      expect(two.state[name]).toEqual(one.state[name]);
    }
  });
});
