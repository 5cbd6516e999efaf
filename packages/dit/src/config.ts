// Configurations of DiT: Peebles & Xie 2022, https://arxiv.org/abs/2212.09748, table 1.

export interface DitConfig {
  readonly name: string;
  /** Side of the square input, in pixels or in positions of the latents. */
  readonly inputSize: number;
  readonly patchSize: number;
  /** Channels of the input: 3 for pixels, 4 for Stable Diffusion's latents. */
  readonly channels: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Hidden width of the MLP divided by the model's width. */
  readonly mlpRatio: number;
  /** Number of classes without the null class, whose label is `classes`. */
  readonly classes: number;
  /** Whether the model also predicts a variance for each channel. */
  readonly learnSigma: boolean;
  /**
   * Present: the model computes as diffusers' DiTTransformer2DModel (0.42), with the timestep frequencies spaced over
   * one step fewer and this epsilon in the second norm of every block. Absent: it computes as the official model.
   */
  readonly diffusers?: { readonly secondNormEpsilon: number };
}

const sizes = {
  S: { width: 384, depth: 12, heads: 6 },
  B: { width: 768, depth: 12, heads: 12 },
  L: { width: 1024, depth: 24, heads: 16 },
  XL: { width: 1152, depth: 28, heads: 16 },
} as const;

/** Names of the published configurations: `DiT-S/8` … `DiT-XL/2`. */
export const ditNames: readonly string[] = Object.keys(sizes).flatMap((s) => [8, 4, 2].map((p) => `DiT-${s}/${p}`));

/**
 * A published configuration by name, by default for the 32×32×4 latents of 256×256 images.
 *
 * @throws Error for another name
 */
export function ditByName(name: string, { classes = 1000, inputSize = 32 } = {}): DitConfig {
  const match = /^DiT-(S|B|L|XL)\/(2|4|8)$/.exec(name);
  if (!match) throw new Error(`unknown model '${name}'; wanted one of ${ditNames.join(", ")}`);
  return {
    name,
    inputSize,
    patchSize: Number(match[2]),
    channels: 4,
    ...sizes[match[1] as keyof typeof sizes],
    mlpRatio: 4,
    classes,
    learnSigma: true,
  };
}

/** The number of heads of a published size; undefined for other sizes. */
export const publishedHeads = (width: number, depth: number): number | undefined =>
  Object.values(sizes).find((s) => s.width === width && s.depth === depth)?.heads;

/** @throws Error that names the first setting that is not valid */
export function checkConfig(c: DitConfig): void {
  const makeError = (what: string) => new Error(`model ${c.name}: ${what}`);
  for (const key of ["inputSize", "patchSize", "channels", "width", "depth", "heads", "classes"] as const)
    if (!(Number.isInteger(c[key]) && c[key] >= 1))
      throw makeError(`${key} is ${c[key]}, wanted a whole number of at least 1`);
  if (c.inputSize % c.patchSize !== 0)
    throw makeError(`inputSize ${c.inputSize} is no multiple of patchSize ${c.patchSize}`);
  if (c.width % c.heads !== 0) throw makeError(`width ${c.width} is no multiple of heads ${c.heads}`);
  if (c.width % 4 !== 0) throw makeError(`width ${c.width} is no multiple of 4, which the positions need`);
}

/** Channels of the model's output. */
export const outputChannels = (c: DitConfig): number => (c.learnSigma ? 2 : 1) * c.channels;
