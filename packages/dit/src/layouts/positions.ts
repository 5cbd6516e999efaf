// The positions of a checkpoint: the official layout stores them, diffusers computes them.
//
// D = width, T = tokens

import { sinCosPositions } from "../positions.ts";
import { officialPositions } from "./names.ts";
import { LayoutError, type RawTensor, type TensorSource } from "./tensor-source.ts";

/**
 * Largest difference of stored from computed positions, by type. The moving average of the official train.py includes
 * `pos_embed`, which drifts by 2e-7 over training. Half precision rounds values up to 1.
 */
const tolerance: ReadonlyMap<string, number> = new Map([
  ["F64", 1e-5],
  ["F32", 1e-5],
  ["F16", 5e-4],
  ["BF16", 4e-3],
]);

/** @throws LayoutError if the positions [1, T, D] are not those that diffusers computes */
export function checkPositions<T extends RawTensor>(source: TensorSource<T>): void {
  const info = source.tensors.get(officialPositions);
  if (!info) return;
  const [, tokens, width] = info.shape;
  const side = Math.sqrt(tokens ?? Number.NaN);
  if (info.shape.length !== 3 || info.shape[0] !== 1 || !Number.isInteger(side) || side === 0 || width! % 4 !== 0)
    throw new LayoutError(
      `${source.source}: '${officialPositions}' is [${info.shape}]: ` +
        "wanted [1, tokens of a square, a width that is a multiple of 4]",
    );
  const computed = sinCosPositions(width!, side);
  const stored = source.float32(officialPositions);
  const largest = tolerance.get(info.type) ?? 0;
  const at = computed.findIndex((value, i) => !(Math.abs(value - stored[i]!) <= largest));
  if (at >= 0)
    throw new LayoutError(
      `${source.source}: '${officialPositions}' has ${stored[at]} at ${at} where sines and cosines of a ` +
        `${side}×${side} grid give ${computed[at]}: diffusers' layout cannot hold other positions`,
    );
}

/**
 * Tokens on a side: `given`, or from the settings of a diffusers folder.
 *
 * @throws LayoutError if neither gives a grid
 */
export function gridSide<T extends RawTensor>(
  { source, metadata }: TensorSource<T>,
  patch: number,
  given?: number,
): number {
  const sample = metadata.get("config.sample_size");
  const side = given ?? Number(sample) / patch;
  if (Number.isInteger(side) && side >= 1 && side <= maxSide) return side;
  throw new LayoutError(
    sample === undefined
      ? `${source}: diffusers' layout does not hold the positions, and no config.json gives their grid: ` +
          "open the folder, or give the tokens on a side"
      : `${source}: a sample of ${sample} in patches of ${patch} makes no grid of 1 to ${maxSide} tokens on a side`,
  );
}

const maxSide = 1024; // 512 is an 8192×8192 image in DiT-XL/2

/** The computed positions, [1, T, D]. */
export function positions(width: number, side: number): { type: "F32"; shape: number[]; data: Float32Array } {
  return { type: "F32", shape: [1, side * side, width], data: Float32Array.from(sinCosPositions(width, side)) };
}
