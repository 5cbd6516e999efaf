// The form of an autoencoder: Rombach et al. 2022, "High-Resolution Image Synthesis with Latent Diffusion Models",
// https://arxiv.org/abs/2112.10752, as diffusers' AutoencoderKL lays it out.

export interface AutoencoderConfig {
  /** Channels at each resolution, the finest first; each level after the first has half the side. */
  readonly widths: readonly number[];
  /** Residual blocks of a level; the decoder has one more. */
  readonly layers: number;
  /** Of the group norms. */
  readonly groups: number;
  readonly imageChannels: number;
  readonly latentChannels: number;
  /** Is there attention between the two middle blocks? */
  readonly attention: boolean;
  /** Are there 1x1 convolutions after the encoder and before the decoder? */
  readonly quantConv: boolean;
  readonly postQuantConv: boolean;
  /** Latents times this have about unit variance; a diffusion model works on those. */
  readonly scale: number;
  /** Side of a tile in pixels, where pictures are cut into tiles. */
  readonly tile: number;
}

/** Of Stable Diffusion's autoencoders: section D.1 of the paper, and `config.json` of sd-vae-ft-ema and sd-vae-ft-mse. */
export const published = { groups: 32, scale: 0.18215, tile: 256 } as const;

/** The form of sd-vae-ft-ema and sd-vae-ft-mse. */
export const stableDiffusion: AutoencoderConfig = {
  widths: [128, 256, 512, 512],
  layers: 2,
  imageChannels: 3,
  latentChannels: 4,
  attention: true,
  quantConv: true,
  postQuantConv: true,
  ...published,
};

/** Pixels along the side of a latent cell. */
export const downsampling = ({ widths }: Pick<AutoencoderConfig, "widths">): number => 2 ** (widths.length - 1);
