// The floating-point operations that a step cannot do without, and the memory that it takes, from the model's description alone.
//
// N = batch, T = tokens, D = width, H = heads, L = depth, I, O = a layer's inputs and outputs
//
// A linear layer is one product of 2 r I O operations going forward over r rows; one more for the gradient of its input; one more for that of its
// weight, where it trains. Attention is 4 N T² D a block going forward, twice that going back. Element-wise work counts nothing.

import { decoderWeights, encoderWeights, type Shapes, stableDiffusion } from "@dit-bench/autoencoder";
import type { DitConfig } from "@dit-bench/dit";
import { type Adapted, type Model, type Module, size } from "@dit-bench/method";
import { activations, microBatches, tokens } from "../training/micro-batches.ts";

/** The timestep's and the modulations' layers see one row a sample, the others one a token. */
const rows = ({ path }: Module, T: number): number => (/adaLN|t_embedder/.test(path) ? 1 : T);

const attention = (c: DitConfig): number => 4 * tokens(c) ** 2 * c.width * c.depth;

/** Of the network going forward, for one sample. */
export function forwardFlops(model: Model, config: DitConfig): number {
  const T = tokens(config);
  const linear = model.modules.filter((m) => m.kind === "linear");
  return linear.reduce((sum, m) => sum + 2 * rows(m, T) * m.in * m.out, 0) + attention(config);
}

/** Of a training step, for one sample: what a method adds counts three times, forward and for both gradients. */
export function trainingFlops({ model, trainable }: Adapted, config: DitConfig): number {
  const T = tokens(config);
  const trains = new Set(trainable.map(({ name }) => name));
  const base = new Set(model.weights.map(({ name }) => name));
  let flops = forwardFlops(model, config) + 2 * attention(config);
  for (const m of model.modules.filter((m) => m.kind === "linear")) {
    const product = 2 * rows(m, T) * m.in * m.out;
    if (!/^[xt]_embedder/.test(m.path)) flops += product;
    if (trains.has(`${m.path}.weight`)) flops += product;
  }
  for (const { name, shape } of trainable)
    if (!base.has(name) && shape.length === 2 && Math.min(...shape) > 1) flops += 3 * 2 * T * size(shape);
  return flops;
}

/** Of Node, the runtime and the program, in bytes. */
const PROGRAM = 0.2e9;
const FLOAT = 4;

/** Frozen weights of up to this many bytes are copied by the engine; above, it reads the program's own. */
const COPIED = 2 ** 30;

/**
 * Estimated peak of training on a processor, in bytes: the base's weights, the frozen ones again where they are copied, what trains seven times
 * (state of four, gradient, results, passing), a gradient for each part of the batch, and one part's activations.
 */
export function trainingMemory({ model, frozen, parameters }: Adapted, config: DitConfig, batch: number): number {
  const numbers = (weights: readonly { readonly shape: readonly number[] }[]) =>
    weights.reduce((sum, w) => sum + size(w.shape), 0);
  const copied = FLOAT * numbers(frozen) > COPIED ? 0 : numbers(frozen);
  const parts = microBatches(config, parameters, batch);
  const trained = (7 + (parts > 1 ? parts : 0)) * parameters;
  return PROGRAM + FLOAT * (numbers(model.weights) + copied + trained + activations(config, batch / parts));
}

/** Of sampling: weights three times where a method is folded in, and the activations of one block. */
export function samplingMemory({ model }: Adapted, config: DitConfig, batch: number, guided: boolean): number {
  const T = tokens(config);
  const weights = model.weights.reduce((sum, w) => sum + size(w.shape), 0);
  const activations = (guided ? 2 : 1) * batch * (12 * T * config.width + 2 * config.heads * T ** 2);
  return PROGRAM + FLOAT * (3 * weights + activations);
}

/** Of Stable Diffusion's autoencoder, for one picture of `side` pixels: its convolutions, each over the positions of its level, and its one attention. */
export function autoencoderFlops(side: number): { readonly encode: number; readonly decode: number } {
  const levels = stableDiffusion.widths.length;
  const convolutions = (shapes: Shapes, level: (name: string) => number) =>
    Object.entries(shapes).reduce((sum, [name, shape]) => {
      if (shape.length < 2) return sum;
      return sum + 2 * size(shape) * (side / 2 ** level(name)) ** 2;
    }, 0);
  const block = (name: string) => Number(/(?:up|down)_blocks\.(\d)/.exec(name)?.[1] ?? Number.NaN);
  const coarse = levels - 1;
  const cells = (side / 2 ** coarse) ** 2;
  const attention = 4 * cells ** 2 * stableDiffusion.widths[coarse]!;
  return {
    encode:
      attention +
      convolutions(encoderWeights(stableDiffusion), (name) => {
        if (/conv_in/.test(name)) return 0;
        if (!/down_blocks/.test(name)) return coarse;
        return block(name) + (/downsamplers/.test(name) ? 1 : 0);
      }),
    decode:
      attention +
      convolutions(decoderWeights(stableDiffusion), (name) => {
        if (/conv_out/.test(name)) return 0;
        if (!/up_blocks/.test(name)) return coarse;
        return coarse - block(name) - (/upsamplers/.test(name) ? 1 : 0);
      }),
  };
}
