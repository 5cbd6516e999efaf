// Estimates the floating-point operations and the memory of a step from the model's description alone.
//
// N = batch, T = tokens, D = width, H = heads, L = depth, I, O = a layer's inputs and outputs
//
// A linear layer over r rows is one GEMM of 2 r I O operations in the forward pass, one more for the gradient of its
// input, and one more for the gradient of its weight if that is trained. Attention takes 4 N T² D per block in the
// forward pass and twice that in the backward pass. Element-wise operations are not counted.

import { availableParallelism } from "node:os";
import { decoderWeights, encoderWeights, type Shapes, stableDiffusion } from "@dit-bench/autoencoder";
import type { DitConfig } from "@dit-bench/dit";
import { type Adapted, type Model, type Module, size } from "@dit-bench/method";
import { activations, tokens, trainingMicroBatches } from "../training/micro-batches.ts";

/** Rows per sample: one in the layers of timestep and modulation, one per token in all others. */
const rows = ({ path }: Module, T: number): number => (/adaLN|t_embedder/.test(path) ? 1 : T);

const attention = (c: DitConfig): number => 4 * tokens(c) ** 2 * c.width * c.depth;

/** Operations of a forward pass of one sample. */
export function forwardFlops(model: Model, config: DitConfig): number {
  const T = tokens(config);
  const linear = model.modules.filter((m) => m.kind === "linear");
  return linear.reduce((sum, m) => sum + 2 * rows(m, T) * m.in * m.out, 0) + attention(config);
}

/**
 * Operations of a training step of one sample. Weights that a method adds count three times: forward and both
 * gradients.
 */
export function trainingFlops({ model, trainable }: Adapted, config: DitConfig): number {
  const T = tokens(config);
  const trained = new Set(trainable.map(({ name }) => name));
  const base = new Set(model.weights.map(({ name }) => name));
  let flops = forwardFlops(model, config) + 2 * attention(config);
  for (const m of model.modules.filter((m) => m.kind === "linear")) {
    const gemm = 2 * rows(m, T) * m.in * m.out;
    if (!/^[xt]_embedder/.test(m.path)) flops += gemm;
    if (trained.has(`${m.path}.weight`)) flops += gemm;
  }
  for (const { name, shape } of trainable)
    if (!base.has(name) && shape.length === 2 && Math.min(...shape) > 1) flops += 3 * 2 * T * size(shape);
  return flops;
}

/** Bytes of Node, ONNX Runtime and the program. */
const PROGRAM_BYTES = 0.2e9;
const FLOAT_BYTES = 4;

/** The engine copies frozen weights up to this size; larger ones it reads in place. */
const MOST_COPIED_BYTES = 2 ** 30;

/**
 * Estimated peak memory of training on the CPU, in bytes: the base weights, the frozen weights again if the engine
 * copies them, the trainable weights seven times (four state vectors, gradient, results, transfer), one gradient per
 * micro-batch, and the activations of one micro-batch.
 */
export function trainingMemory({ model, frozen, parameters }: Adapted, config: DitConfig, batch: number): number {
  const numbers = (weights: readonly { readonly shape: readonly number[] }[]) =>
    weights.reduce((sum, w) => sum + size(w.shape), 0);
  const copied = FLOAT_BYTES * numbers(frozen) > MOST_COPIED_BYTES ? 0 : numbers(frozen);
  const microBatches = trainingMicroBatches(config, parameters, batch);
  const lanes = Math.min(microBatches.lanes, availableParallelism());
  const gradients = microBatches.count > 1 ? lanes + 1 : 1;
  return (
    PROGRAM_BYTES +
    FLOAT_BYTES *
      (numbers(model.weights) +
        copied +
        (6 + gradients) * parameters +
        activations(config, (lanes * batch) / microBatches.count))
  );
}

/**
 * Estimated peak memory of sampling, in bytes: three copies of the weights (merging), and the activations of one block.
 */
export function samplingMemory({ model }: Adapted, config: DitConfig, batch: number, guided: boolean): number {
  const T = tokens(config);
  const weights = model.weights.reduce((sum, w) => sum + size(w.shape), 0);
  const activations = (guided ? 2 : 1) * batch * (12 * T * config.width + 2 * config.heads * T ** 2);
  return PROGRAM_BYTES + FLOAT_BYTES * (3 * weights + activations);
}

/**
 * Operations of Stable Diffusion's autoencoder for one image of `side` pixels: its convolutions, each over the
 * positions of its level, and its attention layer.
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
