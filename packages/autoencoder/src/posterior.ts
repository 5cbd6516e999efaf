// The distribution over latents that the encoder outputs, and a function that samples it.
//
// Z = latent channels, L = sides of a latent

/** Means and logarithms of variances, each [Z, L, L]: a latent is mean + exp(logvar / 2) · N(0, 1). */
export interface Posterior {
  readonly mean: Float32Array;
  readonly logvar: Float32Array;
}

/**
 * Reads the moments of one image, [2Z, L, L]. Clamps logvar to [-30, 20], as diffusers' DiagonalGaussianDistribution.
 */
export function posterior(moments: Float32Array): Posterior {
  const half = moments.length / 2;
  return { mean: moments.slice(0, half), logvar: moments.slice(half).map((v) => Math.min(20, Math.max(-30, v))) };
}

/**
 * A sample of the distribution, an unscaled latent.
 *
 * @param noise samples of N(0, 1), as many as `mean` has elements
 */
export const samplePosterior = ({ mean, logvar }: Posterior, noise: Float32Array): Float32Array =>
  mean.map((m, i) => m + Math.fround(Math.exp(0.5 * logvar[i]!)) * noise[i]!);
