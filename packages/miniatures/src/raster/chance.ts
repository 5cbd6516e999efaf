// Makes random choices for drawings.

import type { Stream } from "@dit-bench/random";

/** Uniform in [from, to). */
export function between(r: Stream, from: number, to: number): number {
  return from + (to - from) * r.uniform();
}

/** Triangular distribution on (centre - spread, centre + spread): the mean of two uniform numbers. */
export function around(r: Stream, centre: number, spread: number): number {
  return centre + spread * (r.uniform() + r.uniform() - 1);
}

/** True with probability p. */
export function happens(r: Stream, p: number): boolean {
  return r.uniform() < p;
}

/** +1 or -1. */
export function randomSign(r: Stream): number {
  return r.uniform() < 0.5 ? -1 : 1;
}

/** A random entry of the list. */
export function pick<T>(r: Stream, list: readonly T[]): T {
  return list[Math.floor(r.uniform() * list.length)]!;
}

/** A random integer from `min` to `max`, inclusive. */
export function randomCount(r: Stream, min: number, max: number): number {
  return min + Math.floor(r.uniform() * (max - min + 1));
}
