// Computes sine, cosine and arctangent by + - * / alone. ECMAScript leaves the last bits of Math.sin and Math.atan2 to
// the engine, but a miniature must have the same pixels everywhere. Errors are about 1e-5, far below one step of an
// 8-bit pixel.

/** Sine of an angle in radians; absolute error below 1e-7 for |x| < 1e4. */
export function sin(x: number): number {
  let y = x - Math.floor(x / TURN + 0.5) * TURN;
  if (y > QUARTER_TURN) y = HALF_TURN - y;
  else if (y < -QUARTER_TURN) y = -HALF_TURN - y;
  const z = y * y;
  // Taylor series up to y^11.
  return y * (1 - (z / 6) * (1 - (z / 20) * (1 - (z / 42) * (1 - (z / 72) * (1 - z / 110)))));
}

/** Cosine of an angle in radians. */
export function cos(x: number): number {
  return sin(x + QUARTER_TURN);
}

/** Angle of (x, y) in (-pi, pi]; absolute error below 2e-5 (Abramowitz and Stegun 4.4.49). */
export function atan2(y: number, x: number): number {
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  const large = Math.max(ax, ay);
  if (large === 0) return 0;
  const t = Math.min(ax, ay) / large;
  const z = t * t;
  let angle = t * (0.999866 + z * (-0.3302995 + z * (0.180141 + z * (-0.085133 + z * 0.0208351))));
  if (ay > ax) angle = QUARTER_TURN - angle;
  if (x < 0) angle = HALF_TURN - angle;
  return y < 0 ? -angle : angle;
}

/** 0 below `from`, 1 above `to`, and a smooth cubic in between. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp((x - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** x limited to [0, 1]. */
export function clamp(x: number): number {
  return x < 0 ? 0 : Math.min(x, 1);
}

/** A full, half and quarter revolution in radians. */
export const TURN = 6.283185307179586;
export const HALF_TURN = Math.PI;
export const QUARTER_TURN = 1.5707963267948966;
