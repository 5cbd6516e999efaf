// Computes means, variances, and quantiles of Student's t distribution.

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("cannot take the mean of no values");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Variance with n − 1 in the denominator; null for fewer than two values. */
export function sampleVariance(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** True if values with this variance differ by rounding only. @param scale the largest number in their computation */
export function isRounding(variance: number, scale: number): boolean {
  return variance <= (1e-12 * scale) ** 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

/**
 * The two-sided interval of the mean of `values` by Student's t with n − 1 degrees of freedom;
 * null for fewer than two values.
 */
export function meanInterval(values: readonly number[], level: number): [low: number, high: number] | null {
  const variance = sampleVariance(values);
  if (variance === null) return null;
  const reach = twoSidedT(level, values.length - 1) * Math.sqrt(variance / values.length);
  const centre = mean(values);
  return [centre - reach, centre + reach];
}

/**
 * The t with P(|T| < t) = `level` for Student's distribution with `degrees` > 0 degrees of freedom (a fraction is
 * allowed; Infinity is the normal distribution). Inverts the distribution function by bisection.
 */
export function twoSidedT(level: number, degrees: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`level is ${level}, expected a number between 0 and 1`);
  if (!(degrees > 0)) throw new RangeError(`degrees of freedom are ${degrees}, expected a positive number`);
  const known = degrees === Number.POSITIVE_INFINITY ? normalQuantiles.get(level) : undefined;
  if (known !== undefined) return known;
  // With 1e7 degrees of freedom, t is within 2e-7 of the normal quantile.
  const inside = (t: number) => 1 - tailMass(t, Math.min(degrees, 1e7));
  let low = 0;
  let high = 1;
  while (inside(high) < level) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (inside(middle) < level) low = middle;
    else high = middle;
  }
  const quantile = (low + high) / 2;
  if (degrees === Number.POSITIVE_INFINITY) normalQuantiles.set(level, quantile);
  return quantile;
}

/**
 * Quantiles of the normal distribution by level: 0.5 ms each, and the intervals of thousands of runs have one level.
 */
const normalQuantiles = new Map<number, number>();

/** P(|T| > t) = I_x(ν/2, 1/2) with x = ν/(ν + t²) (Abramowitz & Stegun 26.7.1, 26.5.27). */
function tailMass(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; above it, use I_x(a, b) = 1 − I_{1−x}(b, a) (A&S 26.5.2).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logFront = a * Math.log(x) + b * Math.log1p(-x) - (logGamma(a) + logGamma(b) - logGamma(a + b));
  return (Math.exp(logFront) / a) * betaFraction(x, a, b);
}

/** The continued fraction of I_x(a, b) (DLMF 8.17.22), by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300; // Lentz: replaces a denominator that vanishes
  const avoidZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / avoidZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let factor = 1;
    for (const term of [even, odd]) {
      d = 1 / avoidZero(1 + term * d);
      c = avoidZero(1 + term / c);
      factor = c * d;
      fraction *= factor;
    }
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return fraction;
}

/** ln Γ(x) for x > 0 by Stirling's series (A&S 6.1.41) above 10, reached by the recurrence below it. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 10; y++) shift += Math.log(y);
  const inverse = 1 / (y * y);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
