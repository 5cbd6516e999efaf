// Limits the number of images of scores that compare all pairs, and so take O(N²) time.
//
// N = images, D = feature dimension

import { selectRows } from "./rows.ts";

/** With 2,048 features, 5,000 × 5,000 images take some minutes. */
export const mostPaired = 5000;

/** Features [N, D] of at most `mostPaired` images, evenly spaced. */
export function subsample(features_ND: Float32Array, D: number): Float32Array {
  const N = features_ND.length / D;
  if (N <= mostPaired) return features_ND;
  const evenly = Array.from({ length: mostPaired }, (_, i) => Math.floor((i * N) / mostPaired));
  return selectRows(features_ND, D, evenly);
}
