// Estimates the floating-point operations and the memory of training and sampling from the model's description.
//
// N = batch, T = tokens, D = width, H = heads, L = depth, I, O = a layer's inputs and outputs
//
// For r rows, a linear layer takes one GEMM of 2 r I O operations in the forward pass, one for the gradient of its
// input, and one for the gradient of its weight, where the weight trains. Attention takes 4 N T² D per block in the
// forward pass and twice that in the backward pass. Element-wise operations are not counted.

import { decoderWeights, encoderWeights, type Shapes, stableDiffusion } from "@dit-bench/autoencoder";
import type { DitConfig } from "@dit-bench/dit";
import { type Adapted, type Model, type Module, size } from "@dit-bench/method";
import { activations, microBatches, tokens } from "../training/micro-batches.ts";

/** Rows per sample: one in the layers of the timestep and the modulations, one per token in the others. */
const rows = ({ path }: Module, T: number): number => (/adaLN|t_embedder/.test(path) ? 1 : T);

const attention = (c: DitConfig): number => 4 * tokens(c) ** 2 * c.width * c.depth;

/** Operations of the network's forward pass, per sample. */
export function forwardFlops(model: Model, config: DitConfig): number {
  const T = tokens(config);
  const linear = model.modules.filter((m) => m.kind === "linear");
  return linear.reduce((sum, m) => sum + 2 * rows(m, T) * m.in * m.out, 0) + attention(config);
}

/** Operations of a training step, per sample. Weights of grafts count three GEMMs: forward and both gradients. */
export function trainingFlops({ model, trainable }: Adapted, config: DitConfig): number {
  const T = tokens(config);
  const trains = new Set(trainable.map(({ name }) => name));
  const base = new Set(model.weights.map(({ name }) => name));
  let flops = forwardFlops(model, config) + 2 * attention(config);
  for (const m of model.modules.filter((m) => m.kind === "linear")) {
    const gemm = 2 * rows(m, T) * m.in * m.out;
    if (!/^[xt]_embedder/.test(m.path)) flops += gemm;
    if (trains.has(`${m.path}.weight`)) flops += gemm;
  }
  for (const { name, shape } of trainable)
    if (!base.has(name) && shape.length === 2 && Math.min(...shape) > 1) flops += 3 * 2 * T * size(shape);
  return flops;
}

/** Bytes of Node, the runtime and the program. */
const PROGRAM = 0.2e9;
const FLOAT = 4;

/** The engine copies frozen weights of up to this many bytes; larger ones it reads from the program's memory. */
const COPIED = 2 ** 30;

/**
 * Estimated peak of training on a CPU, in bytes: the base model's weights; the frozen ones again where they are copied;
 * seven numbers per trained one (four of the state, the gradient, the updated values, a copy in transit); a gradient
 * per micro-batch; and the activations of one micro-batch.
 */
export function trainingMemory({ model, frozen, parameters }: Adapted, config: DitConfig, batch: number): number {
  const numbers = (weights: readonly { readonly shape: readonly number[] }[]) =>
    weights.reduce((sum, w) => sum + size(w.shape), 0);
  const copied = FLOAT * numbers(frozen) > COPIED ? 0 : numbers(frozen);
  const count = microBatches(config, parameters, batch);
  const trained = (7 + (count > 1 ? count : 0)) * parameters;
  return PROGRAM + FLOAT * (numbers(model.weights) + copied + trained + activations(config, batch / count));
}

/** Estimated peak of sampling, in bytes: weights three times, for merging, and the activations of one block. */
export function samplingMemory({ model }: Adapted, config: DitConfig, batch: number, guided: boolean): number {
  const T = tokens(config);
  const weights = model.weights.reduce((sum, w) => sum + size(w.shape), 0);
  const activations = (guided ? 2 : 1) * batch * (12 * T * config.width + 2 * config.heads * T ** 2);
  return PROGRAM + FLOAT * (3 * weights + activations);
}

/**
 * Operations of Stable Diffusion's autoencoder for one image of `side` × `side` pixels: its convolutions, each over the
 * positions of its level, and its one attention layer.
 */
export function autoencoderFlops(side: number): { readonly encode: number; readonly decode: number } {
  const levels = stableDiffusion.widths.length;
  const convolutions = (shapes: Shapes, level: (name: string) => number) =>
    Object.entries(shapes).reduce((sum, [name, shape]) => {
      if (shape.length < 2) return sum;
      return sum + 2 * size(shape) * (side / 2 ** level(name)) ** 2;
    }, 0);
  const block = (name: string) => Number(/(?:up|down)_blocks\.(\d)/.exec(name)?.[1] ?? Number.NaN);
  const coarse = levels - 1;
  const positions = (side / 2 ** coarse) ** 2;
  const attention = 4 * positions ** 2 * stableDiffusion.widths[coarse]!;
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
