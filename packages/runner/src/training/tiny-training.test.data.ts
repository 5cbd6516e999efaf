// A few AdamW steps of a method on a tiny DiT, for tests that compare engines.

import type { Engine } from "@dit-bench/compiler";
import { adamwCoefficients, linearSchedule } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import type { LoadedMethod } from "../methods/loaded-method.ts";
import { denoisingBatch } from "./batches.ts";
import { denoisingStep } from "./denoising-step.ts";
import { initialState, type stateNames, trainingStep } from "./optimizer-step.ts";
import { tinyConfig, tinyImages, tinyWeights } from "./tiny-dit.test.data.ts";

export const config = tinyConfig(6);
const model = ditModel(config);
const optimizer = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } as const;
const base = tinyWeights(config);

/**
 * The gradient of the keys' bias is zero in exact arithmetic: AdamW amplifies its rounding to steps of the learning
 * rate.
 */
export const keys = /attn\.qkv\.(bias|difffit\.gamma_O|ssf\.shift_O|glora\.[de])$/;

export interface TinyTraining {
  readonly losses: readonly number[];
  readonly state: Readonly<Record<(typeof stateNames)[number], Float32Array>>;
  /** The weights by name, without the keys' bias, as ranges of the state. */
  readonly ranges: readonly { readonly name: string; readonly indices: readonly number[] }[];
}

export interface TinyTask {
  readonly steps?: number;
  readonly batch?: number;
  readonly microBatches?: number;
  /** Default: as many as micro-batches. */
  readonly lanes?: number;
}

export async function trainTiny(
  engine: Engine,
  method: LoadedMethod["method"],
  { steps = 5, batch = 4, microBatches = 1, lanes }: TinyTask = {},
): Promise<TinyTraining> {
  const adapted = attach(method, model);
  const step = denoisingStep(adapted, config, base, batch, {
    ...{ optimizer, emaDecay: 0.9 },
    ...(microBatches > 1 && { microBatches: { count: microBatches, lanes: lanes ?? microBatches } }),
  });
  const compiled = await engine.compile(...trainingStep(step));
  await compiled.setState(initialState(adapted.trainable, adapted.initial(base, 0)));
  const settings = { batch, seed: 0, flip: true, labelDropout: 0.1, nullClass: 3 };
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const rates = Object.entries(adamwCoefficients(i + 1, optimizer)).map(([name, v]) => [`adamw.${name}`, v]);
    const { loss } = await compiled.run({
      ...denoisingBatch(tinyImages, linearSchedule(), settings, i),
      ...Object.fromEntries(rates),
    });
    losses.push((loss as Float32Array)[0]!);
  }
  const state = (await compiled.getState()) as TinyTraining["state"];
  await compiled.dispose();
  const D = config.width;
  let at = 0;
  const ranges = adapted.trainable.map(({ name, shape }) => {
    const first = at;
    at += size(shape);
    const all = Array.from({ length: size(shape) }, (_, i) => i);
    const wanted = keys.test(name) ? all.filter((i) => i < D || i >= 2 * D) : all;
    return { name, indices: wanted.map((i) => first + i) };
  });
  return { losses, state, ranges };
}
