// The configuration of an autoencoder: Rombach et al., 2022, "High-Resolution Image Synthesis with Latent Diffusion
// Models", https://arxiv.org/abs/2112.10752, in the layout of diffusers' AutoencoderKL.

export interface AutoencoderConfig {
  /** Channels of each level, the finest first; each level halves the sides of the one before. */
  readonly widths: readonly number[];
  /** Residual blocks per level of the encoder; the decoder has one more. */
  readonly layers: number;
  /** Groups of every group norm. */
  readonly groups: number;
  readonly imageChannels: number;
  readonly latentChannels: number;
  /** Whether attention is between the two middle blocks. */
  readonly attention: boolean;
  /** Whether a 1x1 convolution follows the encoder. */
  readonly quantConv: boolean;
  /** Whether a 1x1 convolution precedes the decoder. */
  readonly postQuantConv: boolean;
  /** Factor that scales latents to about unit variance, as diffusion models expect them. */
  readonly scale: number;
  /** Side of a tile in pixels, for images that are processed in tiles. */
  readonly tile: number;
}

/** Settings of Stable Diffusion's autoencoders: section D.1 of the paper; `config.json` of sd-vae-ft-ema and -mse. */
export const publishedSettings = { groups: 32, scale: 0.18215, tile: 256 } as const;

/** The configuration of sd-vae-ft-ema and sd-vae-ft-mse. */
export const stableDiffusion: AutoencoderConfig = {
  widths: [128, 256, 512, 512],
  layers: 2,
  imageChannels: 3,
  latentChannels: 4,
  attention: true,
  quantConv: true,
  postQuantConv: true,
  ...publishedSettings,
};

/** Side of an image over the side of its latent. */
export const downsampling = ({ widths }: Pick<AutoencoderConfig, "widths">): number => 2 ** (widths.length - 1);
