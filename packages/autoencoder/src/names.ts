// Translates weight names of older diffusers versions and of CompVis to the present names in diffusers.

/** Names in diffusers before 0.16 (2023), under which sd-vae-ft-ema and sd-vae-ft-mse were published. */
const formerAttentionNames: Readonly<Record<string, string>> = {
  query: "to_q",
  key: "to_k",
  value: "to_v",
  proj_attn: "to_out.0",
};

/**
 * Names in CompVis/latent-diffusion, ldm/modules/diffusionmodules/model.py. In a checkpoint of the whole Stable
 * Diffusion model they have the prefix `first_stage_model.`.
 */
const compvisAttentionNames: Readonly<Record<string, string>> = {
  norm: "group_norm",
  q: "to_q",
  k: "to_k",
  v: "to_v",
  proj_out: "to_out.0",
};

/**
 * The present name in diffusers of a weight.
 *
 * @param levels number of resolutions of the network. CompVis numbers the decoder's levels from fine to coarse,
 *   diffusers from coarse to fine.
 */
export function diffusersName(name: string, levels: number): string {
  return name
    .replace(/^first_stage_model\./, "")
    .replace(
      /(\.attentions\.0)\.(query|key|value|proj_attn)\./,
      (_, at, part) => `${at}.${formerAttentionNames[part]}.`,
    )
    .replace(/^(encoder)\.down\.(\d+)\.block\./, "$1.down_blocks.$2.resnets.")
    .replace(/^(encoder)\.down\.(\d+)\.downsample\./, "$1.down_blocks.$2.downsamplers.0.")
    .replace(/^(decoder)\.up\.(\d+)\.block\./, (_, at, i) => `${at}.up_blocks.${levels - 1 - i}.resnets.`)
    .replace(/^(decoder)\.up\.(\d+)\.upsample\./, (_, at, i) => `${at}.up_blocks.${levels - 1 - i}.upsamplers.0.`)
    .replace(/^(encoder|decoder)\.mid\.block_(1|2)\./, (_, at, i) => `${at}.mid_block.resnets.${i - 1}.`)
    .replace(
      /^(encoder|decoder)\.mid\.attn_1\.(norm|q|k|v|proj_out)\./,
      (_, at, part) => `${at}.mid_block.attentions.0.${compvisAttentionNames[part]}.`,
    )
    .replace(/\.nin_shortcut\./, ".conv_shortcut.")
    .replace(/^(encoder|decoder)\.norm_out\./, "$1.conv_norm_out.");
}
