// Positions of a grid that is larger than the one the base model was trained on, by rules. The grids cover the same
// image, so neighbouring tokens of the larger one are nearer to each other.
//
// D = width, B = side of the base model's grid, G = side of the larger grid

import { sinCosPositions } from "./positions.ts";

/** Returns the embedding of a G×G grid, [G², D] row-major. */
type PositionRule = (D: number, G: number, B: number) => Float64Array;

/**
 * The rules by name. A further one is one function and its entry.
 *
 * - `interpolated`: the sines and cosines at (i · B/G, j · B/G), which are all in the range of the base model:
 *   PE_512(i, j) = PE_256(i/2, j/2) of DiffFit, https://arxiv.org/abs/2304.06648, section 3.4. PixArt-α does the same.
 * - `continued`: the sines and cosines at (i, j). Neighbours are as far from each other as in the base model, and
 *   positions from B on are new to it. The published DiT of 512×512, trained from scratch, has these positions.
 * - `resampled`: the base model's table, enlarged by bicubic interpolation like an image. This suits tables of any
 *   origin: `interpolate_pos_embed` of MAE, from whose code DiT has its positions, takes it from DeiT
 *   (https://arxiv.org/abs/2012.12877, section 4).
 */
export const positionRules = { interpolated, continued, resampled } satisfies Record<string, PositionRule>;

export type PositionRuleName = keyof typeof positionRules;
export const positionRuleNames = Object.keys(positionRules) as [PositionRuleName, ...PositionRuleName[]];

function interpolated(D: number, G: number, B: number): Float64Array {
  return sinCosPositions(D, G, B / G);
}

function continued(D: number, G: number): Float64Array {
  return sinCosPositions(D, G);
}

function resampled(D: number, G: number, B: number): Float64Array {
  const table = sinCosPositions(D, B);
  const taps = Array.from({ length: G }, (_, i) => bicubicTaps(i, G, B));
  const out = new Float64Array(G * G * D);
  for (const [row, rowTaps] of taps.entries())
    for (const [column, columnTaps] of taps.entries()) {
      const at = (row * G + column) * D;
      for (const { index: y, weight: wy } of rowTaps)
        for (const { index: x, weight: wx } of columnTaps) {
          const from = (y * B + x) * D;
          for (let d = 0; d < D; d++) out[at + d]! += wy * wx * table[from + d]!;
        }
    }
  return out;
}

/** Coefficient of the cubic kernel in PyTorch's `interpolate`, which MAE and DeiT call. */
const CUBIC = -0.75;

/**
 * The four entries of a line of B entries whose weighted sum is entry i of G: the convolution of Keys 1981
 * (https://doi.org/10.1109/TASSP.1981.1163711), with the centres of the outer pixels half a pixel from the edge and the
 * entries at the edge repeated.
 */
function bicubicTaps(i: number, G: number, B: number): { index: number; weight: number }[] {
  const place = ((i + 0.5) * B) / G - 0.5;
  const first = Math.floor(place) - 1;
  return [0, 1, 2, 3].map((tap) => ({
    index: Math.min(B - 1, Math.max(0, first + tap)),
    weight: cubicKernel(Math.abs(place - (first + tap))),
  }));
}

/** Keys's kernel at a distance from 0 to 2. */
function cubicKernel(distance: number): number {
  const [x, a] = [distance, CUBIC];
  return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}
