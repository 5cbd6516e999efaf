// The training step of real runs: compiled against eager, micro-batches against whole batches, and determinism.

import { createEngine, type Engine } from "@dit-bench/compiler";
import { adamwCoefficients, linearSchedule } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import type { LoadedMethod } from "../methods/loaded-method.ts";
import { loadMethods } from "../methods/methods.ts";
import { denoisingBatch } from "./batches.ts";
import { denoisingStep } from "./denoising-step.ts";
import { initialState, stateNames, trainingStep } from "./optimizer-step.ts";
import { tinyConfig, tinyImages, tinyWeights } from "./tiny-dit.test.data.ts";

const config = tinyConfig(6);
const model = ditModel(config);
const optimizer = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } as const;
const base = tinyWeights(config);
/**
 * The gradient of the keys' bias is zero in exact arithmetic: AdamW amplifies its rounding to steps of the learning
 * rate.
 */
const keys = /attn\.qkv\.(bias|difffit\.gamma_O)$/;
const methods = await loadMethods();

async function fiveSteps(engine: Engine, method: LoadedMethod["method"], microBatches = 1) {
  const adapted = attach(method, model);
  const step = denoisingStep(adapted, config, base, 4, {
    ...{ optimizer, emaDecay: 0.9 },
    ...(microBatches > 1 && { microBatches: { count: microBatches, lanes: microBatches } }),
  });
  const compiled = await engine.compile(...trainingStep(step));
  await compiled.setState(initialState(adapted.trainable, adapted.initial(base, 0)));
  const settings = { batch: 4, seed: 0, flip: true, labelDropout: 0.1, nullClass: 3 };
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) {
    const rates = Object.entries(adamwCoefficients(i + 1, optimizer)).map(([name, v]) => [`adamw.${name}`, v]);
    const { loss } = await compiled.run({
      ...denoisingBatch(tinyImages, linearSchedule(), settings, i),
      ...Object.fromEntries(rates),
    });
    losses.push((loss as Float32Array)[0]!);
  }
  const state = (await compiled.getState()) as Record<string, Float32Array>;
  await compiled.dispose();
  return { losses, state, trainable: adapted.trainable };
}

describe.each(methods)("five AdamW steps of $method.name", ({ method }) => {
  it("give equal results compiled and eager: losses within 1e-5, weights within 5e-5", async () => {
    const eager = await fiveSteps(await createEngine("tfjs-cpu"), method);
    const compiled = await fiveSteps(await createEngine("cpu", { threads: 1 }), method);
    eager.losses.forEach((loss, i) => {
      expect(Math.abs(compiled.losses[i]! - loss) / loss).toBeLessThan(1e-5);
    });
    const D = config.width;
    for (const kind of ["weights", "ema"] as const) {
      let at = 0;
      for (const w of eager.trainable) {
        for (let i = 0; i < size(w.shape); i++) {
          if (keys.test(w.name) && i >= D && i < 2 * D) continue;
          const d = Math.abs(eager.state[kind]![at + i]! - compiled.state[kind]![at + i]!);
          expect(d, `${kind} of ${w.name}[${i}]`).toBeLessThan(5e-5);
        }
        at += size(w.shape);
      }
      expect(at).toBe(eager.state[kind]!.length);
    }
  });
});

describe("the training step", () => {
  it("gives equal results with and without micro-batches: losses within 1e-6, weights within 5e-5", async () => {
    const engine = await createEngine("cpu", { threads: 1 });
    const D = config.width;
    for (const name of ["difffit", "full"]) {
      const { method } = methods.find((m) => m.method.name === name)!;
      const whole = await fiveSteps(engine, method);
      for (const count of [2, 4]) {
        const split = await fiveSteps(engine, method, count);
        whole.losses.forEach((loss, i) => {
          expect(Math.abs(split.losses[i]! - loss) / loss, `${name}, ${count} micro-batches`).toBeLessThan(1e-6);
        });
        let at = 0;
        for (const w of whole.trainable) {
          for (let i = 0; i < size(w.shape); i++) {
            if (keys.test(w.name) && i >= D && i < 2 * D) continue;
            const d = Math.abs(whole.state.ema![at + i]! - split.state.ema![at + i]!);
            expect(d, `${name}, ${count} micro-batches, ${w.name}[${i}]`).toBeLessThan(5e-5);
          }
          at += size(w.shape);
        }
      }
    }
  });

  it("gives bit-identical results on every run and with any number of threads", async () => {
    const { method } = methods.find((m) => m.method.name === "difffit")!;
    const [one, again, two] = [
      await fiveSteps(await createEngine("cpu", { threads: 1 }), method),
      await fiveSteps(await createEngine("cpu", { threads: 1 }), method),
      await fiveSteps(await createEngine("cpu", { threads: 2 }), method),
    ];
    for (const name of stateNames) {
      expect(again.state[name]).toEqual(one.state[name]);
      expect(two.state[name]).toEqual(one.state[name]);
    }
  });
});
