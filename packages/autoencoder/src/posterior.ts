// The distribution over latents that an encoder gives, and draws from it.
//
// Z = latent channels, L = sides in latent cells

/** Means and logarithms of variances, each [Z, L, L]: a latent is mean + exp(logvar / 2) · N(0, 1). */
export interface Posterior {
  readonly mean: Float32Array;
  readonly logvar: Float32Array;
}

/** Of one picture's moments [2Z, L, L]; logvar is kept within -30 and 20, as in diffusers' DiagonalGaussianDistribution and CompVis's. */
export function posterior(moments: Float32Array): Posterior {
  const half = moments.length / 2;
  return { mean: moments.slice(0, half), logvar: moments.slice(half).map((v) => Math.min(20, Math.max(-30, v))) };
}

/** A latent, not scaled. @param noise N(0, 1), as many as `mean` has */
export const draw = ({ mean, logvar }: Posterior, noise: Float32Array): Float32Array =>
  mean.map((m, i) => m + Math.fround(Math.exp(0.5 * logvar[i]!)) * noise[i]!);
