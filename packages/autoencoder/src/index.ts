// Stable Diffusion's autoencoder between pixels and latents, from checkpoints of diffusers or CompVis.

export { decode, encode } from "./autoencoder.ts";
export type { Weights } from "./blocks.ts";
export { type AutoencoderConfig, downsampling, publishedSettings, stableDiffusion } from "./config.ts";
export { decoderWeights, encoderWeights, type Shapes } from "./layout.ts";
export { type Posterior, posterior, samplePosterior } from "./posterior.ts";
export {
  AutoencoderLayoutError,
  autoencoderAnchor,
  type RecognisedAutoencoder,
  recogniseAutoencoder,
} from "./recognise.ts";
export { copyTile, createTileJoiner, type Plane, type Tiling, tilesAlong, tilingOf } from "./tiles.ts";
