// Which autoencoder a checkpoint holds, from its tensors' names and shapes and what its config.json says.

import { type AutoencoderConfig, published } from "./config.ts";
import { decoderWeights, encoderWeights, type Shapes } from "./layout.ts";
import { diffusersName } from "./names.ts";

/** A checkpoint that holds no autoencoder of this layout; the message says what is wrong with it, without the file's name. */
export class AutoencoderLayoutError extends Error {
  override readonly name = "AutoencoderLayoutError";
}

/** A name that every such autoencoder has, under diffusers' names and CompVis's. */
export const autoencoderAnchor = "encoder.conv_in.weight";

export interface RecognisedAutoencoder {
  readonly config: AutoencoderConfig;
  /** Every weight of encoder and decoder by diffusers' name: its name in the checkpoint and its shape in ours. */
  readonly weights: ReadonlyMap<string, { readonly stored: string; readonly shape: readonly number[] }>;
}

type Tensors = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * Reads sd-vae-ft-ema's layout under diffusers' names, those it had before, and CompVis's. Widths, layers and channels come from the shapes;
 * groups, scale and tile, which no shape tells, from `metadata` (`config.norm_num_groups`, `config.scaling_factor`,
 * `config.sample_size`: config.json as openCheckpoint gives it) or else they are the published ones. Refuses what it would not compute exactly: weights of the
 * encoder or decoder that have no place here (attention in other blocks), another activation, shifted latents.
 */
export function recogniseAutoencoder(
  tensors: Tensors,
  metadata: ReadonlyMap<string, string> = new Map(),
): RecognisedAutoencoder {
  const levels = count(tensors, /^(?:first_stage_model\.)?encoder\.down(?:_blocks)?\.(\d+)\./);
  if (levels === 0)
    throw new AutoencoderLayoutError(
      "no tensor is named 'encoder.down_blocks.…', so it holds no AutoencoderKL; wanted one such as sd-vae-ft-ema",
    );
  const found = new Map(
    [...tensors].map(([stored, { shape }]) => [diffusersName(stored, levels), { stored, shape }] as const),
  );
  const config = { ...formOf(found, levels), ...settingsOf(metadata) };
  const wanted: Shapes = { ...encoderWeights(config), ...decoderWeights(config) };
  const weights = new Map(
    Object.entries(wanted).map(([name, shape]) => {
      const tensor = found.get(name);
      if (!tensor) throw new AutoencoderLayoutError(`it has no weight '${name}'`);
      // CompVis and early diffusers have attention's layers as 1x1 convolutions.
      if (withoutOnes(tensor.shape) !== withoutOnes(shape))
        throw new AutoencoderLayoutError(`'${tensor.stored}' is [${tensor.shape}], wanted [${shape}]`);
      return [name, { stored: tensor.stored, shape }] as const;
    }),
  );
  const strange = [...found].find(([name]) => /^(encoder|decoder|(post_)?quant_conv)\./.test(name) && !wanted[name]);
  if (strange)
    throw new AutoencoderLayoutError(
      `'${strange[1].stored}' has no place in the layout of sd-vae-ft-ema, which is the one that is read`,
    );
  if (config.widths.some((width) => width % config.groups !== 0))
    throw new AutoencoderLayoutError(
      `widths ${config.widths.join(", ")} do not divide into ${config.groups} groups; give the folder with its config.json, which says norm_num_groups`,
    );
  return { config, weights };
}

function formOf(found: Tensors, levels: number): Omit<AutoencoderConfig, "groups" | "scale" | "tile"> {
  const at = (name: string, axis: number): number => {
    const size = found.get(name)?.shape[axis];
    if (size === undefined) throw new AutoencoderLayoutError(`it has no weight '${name}'`);
    return size;
  };
  return {
    widths: Array.from({ length: levels }, (_, i) => at(`encoder.down_blocks.${i}.resnets.0.conv1.weight`, 0)),
    layers: count(found, /^encoder\.down_blocks\.0\.resnets\.(\d+)\./),
    imageChannels: at("encoder.conv_in.weight", 1),
    latentChannels: at("decoder.conv_in.weight", 1),
    attention: found.has("encoder.mid_block.attentions.0.to_q.weight"),
    quantConv: found.has("quant_conv.weight"),
    postQuantConv: found.has("post_quant_conv.weight"),
  };
}

function settingsOf(metadata: ReadonlyMap<string, string>): Pick<AutoencoderConfig, "groups" | "scale" | "tile"> {
  const only = (key: string, wanted: string) => {
    const value = metadata.get(`config.${key}`) ?? wanted;
    if (value !== wanted)
      throw new AutoencoderLayoutError(`its config.json has ${key} ${value}: only ${wanted} is read`);
  };
  only("_class_name", "AutoencoderKL");
  only("act_fn", "silu");
  only("shift_factor", "0");
  const number = (key: string, otherwise: number) => {
    const value = Number(metadata.get(`config.${key}`) ?? otherwise);
    if (!(value > 0 && Number.isFinite(value)))
      throw new AutoencoderLayoutError(
        `its config.json has ${key} ${metadata.get(`config.${key}`)}: wanted a positive number`,
      );
    return value;
  };
  return {
    groups: number("norm_num_groups", published.groups),
    scale: number("scaling_factor", published.scale),
    tile: number("sample_size", published.tile),
  };
}

/** One more than the largest number that the pattern finds in a name. A weight is wanted for each number below it, so it has to be small. */
function count(tensors: Tensors, pattern: RegExp): number {
  let most = 0;
  for (const name of tensors.keys()) {
    const number = Number(pattern.exec(name)?.[1] ?? -1);
    if (number >= mostCounted)
      throw new AutoencoderLayoutError(
        `'${name.slice(0, 120)}' would be one of ${number + 1} levels or layers: at most ${mostCounted} are read`,
      );
    most = Math.max(most, number + 1);
  }
  return most;
}

const mostCounted = 16; // sd-vae-ft-ema has four levels of two layers

const withoutOnes = (shape: readonly number[]): string => shape.filter((n) => n !== 1).join();
