// The difference of two rows in FID. It has a file of its own, without imports, because the page's script uses it: the
// browser has no Node, and its type check must not reach files that need it.

/** `a` minus `b`. An index beyond the methods is the base model. */
export interface PairDifference {
  a: number;
  b: number;
  mean: number;
  interval: [low: number, high: number];
  /** Number of differences, and how many of them are below zero. */
  count: number;
  below: number;
}
