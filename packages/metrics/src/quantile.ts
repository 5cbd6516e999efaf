// Quantiles of a sample.

/** Quantile p of R sorted values at position (R + 1) p, clamped to their range: Hyndman and Fan, 1996, type 6. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const position = Math.min(Math.max((sorted.length + 1) * p - 1, 0), sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
