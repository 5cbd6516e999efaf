// The settings file of a DiT in diffusers' layout.

import { type DitConfig, outputChannels } from "../config.ts";

/**
 * config.json of a diffusers folder with this model. `norm_eps` is the official 1e-6; the default of diffusers is 1e-5.
 */
export function diffusersConfig(config: DitConfig): Record<string, string | number | boolean> {
  return {
    _class_name: "DiTTransformer2DModel",
    activation_fn: "gelu-approximate",
    attention_bias: true,
    attention_head_dim: config.width / config.heads,
    dropout: 0,
    in_channels: config.channels,
    norm_elementwise_affine: false,
    norm_eps: 1e-6,
    norm_num_groups: 32,
    norm_type: "ada_norm_zero",
    num_attention_heads: config.heads,
    num_embeds_ada_norm: config.classes,
    num_layers: config.depth,
    out_channels: outputChannels(config),
    patch_size: config.patchSize,
    sample_size: config.inputSize,
    upcast_attention: false,
  };
}
