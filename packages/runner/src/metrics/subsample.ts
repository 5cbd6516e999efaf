// Limits the number of images of scores that compare all pairs, and so take O(N²) time.
//
// N = images, D = feature dimension

/** Larger sets are taken as this many of their images, evenly spaced. */
const MOST_PAIRED = 5000;

/** At most `MOST_PAIRED` rows of the features [N, D]. */
export function subsample(features_ND: Float32Array, D: number): Float32Array {
  const N = features_ND.length / D;
  if (N <= MOST_PAIRED) return features_ND;
  const chosen = new Float32Array(MOST_PAIRED * D);
  for (let i = 0; i < MOST_PAIRED; i++) {
    const row = Math.floor((i * N) / MOST_PAIRED);
    chosen.set(features_ND.subarray(row * D, (row + 1) * D), i * D);
  }
  return chosen;
}
