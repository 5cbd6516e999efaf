// The noise schedule: tables of a Gaussian diffusion process. Ho et al. 2020, https://arxiv.org/abs/2006.11239.

/**
 * A Gaussian diffusion process of T = `steps` steps. Tables are float64 and indexed by the step t. Step 0 is the last
 * one of the reverse process; the papers count from 1. With a_t = 1 - beta_t and A_t = a_0 a_1 … a_t ("alphas
 * cumprod"): q(x_t | x_0) = N(√A_t x_0, 1 - A_t), and q(x_t-1 | x_t, x_0) = N(coef1 x_0 + coef2 x_t,
 * posteriorVariance).
 */
export interface Schedule {
  readonly steps: number;
  /** The timestep that the network sees at each step: ascending steps of the process that it was trained on. */
  readonly timesteps: Int32Array;
  /** Variance of q(x_t | x_t-1). */
  readonly betas: Float64Array;
  readonly alphasCumprod: Float64Array;
  /** A_t-1; 1 at step 0. */
  readonly alphasCumprodPrev: Float64Array;
  readonly sqrtAlphasCumprod: Float64Array;
  readonly sqrtOneMinusAlphasCumprod: Float64Array;
  /** sqrt(1 / A_t). */
  readonly sqrtRecipAlphasCumprod: Float64Array;
  /** sqrt(1 / A_t - 1). */
  readonly sqrtRecipm1AlphasCumprod: Float64Array;
  /** Variance of q(x_t-1 | x_t, x_0); 0 at step 0. */
  readonly posteriorVariance: Float64Array;
  /**
   * Log of posteriorVariance. Step 0, where it would be -∞, has the value of step 1; in a process of one step, log
   * beta_0.
   */
  readonly posteriorLogVarianceClipped: Float64Array;
  /** Weight of x_0 in the mean of q(x_t-1 | x_t, x_0). */
  readonly posteriorMeanCoef1: Float64Array;
  /** Weight of x_t in the mean of q(x_t-1 | x_t, x_0). */
  readonly posteriorMeanCoef2: Float64Array;
}

/**
 * The linear schedule: betas from 1e-4 to 0.02 in equal steps (Ho et al. section 4). Their T is 1000. For other lengths
 * both ends are multiplied by 1000 / T, which keeps the noise at the end about the same.
 *
 * @throws Error if `steps` is not a whole number above 20: the last beta would reach 1
 */
export function linearSchedule(steps = 1000): Schedule {
  if (!Number.isInteger(steps) || steps <= 20) {
    throw new Error(`linear schedule: steps ${steps}: wanted a whole number above 20; for fewer, respace a longer one`);
  }
  const first = (1e-4 * 1000) / steps;
  const last = (0.02 * 1000) / steps;
  const step = (last - first) / (steps - 1);
  const betas = Float64Array.from({ length: steps }, (_, i) => (i === steps - 1 ? last : first + i * step));
  return scheduleFromBetas(
    betas,
    Int32Array.from({ length: steps }, (_, i) => i),
  );
}

/** All tables of a process from its betas. Equation numbers are those of Ho et al. */
export function scheduleFromBetas(betas: Float64Array, timesteps: Int32Array): Schedule {
  let cumprod = 1;
  const alphasCumprod = betas.map((beta) => {
    cumprod *= 1 - beta;
    return cumprod;
  });
  const alphasCumprodPrev = betas.map((_, t) => (t === 0 ? 1 : alphasCumprod[t - 1]!));
  // eq. 7: the variance and the mean of q(x_t-1 | x_t, x_0)
  const posteriorVariance = betas.map((beta, t) => (beta * (1 - alphasCumprodPrev[t]!)) / (1 - alphasCumprod[t]!));
  const posteriorMeanCoef1 = betas.map(
    (beta, t) => (beta * Math.sqrt(alphasCumprodPrev[t]!)) / (1 - alphasCumprod[t]!),
  );
  const posteriorMeanCoef2 = betas.map(
    (beta, t) => ((1 - alphasCumprodPrev[t]!) * Math.sqrt(1 - beta)) / (1 - alphasCumprod[t]!),
  );
  const firstVariance = betas.length > 1 ? posteriorVariance[1]! : betas[0]!;
  return {
    steps: betas.length,
    timesteps,
    betas,
    alphasCumprod,
    alphasCumprodPrev,
    // eq. 4: q(x_t | x_0)
    sqrtAlphasCumprod: alphasCumprod.map(Math.sqrt),
    sqrtOneMinusAlphasCumprod: alphasCumprod.map((a) => Math.sqrt(1 - a)),
    // eq. 4 solved for x_0
    sqrtRecipAlphasCumprod: alphasCumprod.map((a) => Math.sqrt(1 / a)),
    sqrtRecipm1AlphasCumprod: alphasCumprod.map((a) => Math.sqrt(1 / a - 1)),
    posteriorVariance,
    posteriorLogVarianceClipped: posteriorVariance.map((variance, t) => Math.log(t === 0 ? firstVariance : variance)),
    posteriorMeanCoef1,
    posteriorMeanCoef2,
  };
}
