// Noise: smooth random functions of the plane.

import type { Stream } from "@dit-bench/random";

/** A function of the plane. */
export type Field = (x: number, y: number) => number;

/** Smooth value noise in [-1, 1] with features about one unit wide, at a random offset. */
export function noise(r: Stream): Field {
  const sx = Math.floor(r.uniform() * SIDE);
  const sy = Math.floor(r.uniform() * SIDE);
  return (x, y) => lattice(x + sx, y + sy);
}

/** Fractal noise of about [-1, 1]: three octaves, each half as wide and half as strong as the previous one. */
export function clouds(r: Stream): Field {
  const sx = r.uniform() * SIDE;
  const sy = r.uniform() * SIDE;
  return (x, y) => {
    const u = x + sx;
    const v = y + sy;
    return 0.6 * lattice(u, v) + 0.3 * lattice(2.03 * u, 2.03 * v) + 0.15 * lattice(4.1 * u, 4.1 * v);
  };
}

/** The field with features scaled to 1/fx of their width and 1/fy of their height. */
export function stretchField(field: Field, fx: number, fy: number): Field {
  return (x, y) => field(x * fx, y * fy);
}

/** A random constant in [0, 1) for each cell of the unit grid. */
export function cellNoise(r: Stream): Field {
  const sx = Math.floor(r.uniform() * SIDE);
  const sy = Math.floor(r.uniform() * SIDE);
  return (x, y) => {
    const i = (Math.floor(x) + sx) & MASK;
    const j = (Math.floor(y) + sy) & MASK;
    return 0.5 + 0.5 * VALUES[(j << BITS) | i]!;
  };
}

const BITS = 7;
const SIDE = 1 << BITS;
const MASK = SIDE - 1;

/** A fixed torus of values in [-1, 1): upper bits of a 32-bit linear congruential generator (Numerical Recipes). */
const VALUES = (() => {
  const values = new Float32Array(SIDE * SIDE);
  let state = 2463534242;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state >>> 8) / 8388608 - 1;
  }
  return values;
})();

function lattice(x: number, y: number): number {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  let u = x - xi;
  let v = y - yi;
  u = u * u * (3 - 2 * u);
  v = v * v * (3 - 2 * v);
  const i0 = xi & MASK;
  const i1 = (xi + 1) & MASK;
  const j0 = (yi & MASK) << BITS;
  const j1 = ((yi + 1) & MASK) << BITS;
  const a = VALUES[j0 | i0]!;
  const b = VALUES[j0 | i1]!;
  const c = VALUES[j1 | i0]!;
  const d = VALUES[j1 | i1]!;
  const top = a + (b - a) * u;
  return top + (c + (d - c) * u - top) * v;
}
