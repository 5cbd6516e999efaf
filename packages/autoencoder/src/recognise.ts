// Recognises the autoencoder of a checkpoint by the names and shapes of its tensors and by its config.json.

import { type AutoencoderConfig, publishedSettings } from "./config.ts";
import { decoderWeights, encoderWeights, type Shapes } from "./layout.ts";
import { diffusersName } from "./names.ts";

/**
 * The error for a checkpoint without an autoencoder of this layout. The message gives the reason, without the file's
 * name.
 */
export class AutoencoderLayoutError extends Error {
  override readonly name = "AutoencoderLayoutError";
}

/** A weight name that every such autoencoder has, in diffusers' and in CompVis's checkpoints. */
export const autoencoderAnchor = "encoder.conv_in.weight";

export interface RecognisedAutoencoder {
  readonly config: AutoencoderConfig;
  /**
   * Every weight of encoder and decoder by its present name in diffusers. `stored` is its name in the checkpoint,
   * `shape` its shape in layout.ts.
   */
  readonly weights: ReadonlyMap<string, { readonly stored: string; readonly shape: readonly number[] }>;
}

type Tensors = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * Recognises sd-vae-ft-ema's layout under the names of diffusers 0.16 and later, of older diffusers, and of CompVis.
 * Widths, layers and channels come from the shapes. Groups, scale and tile come from `metadata`
 * (`config.norm_num_groups`, `config.scaling_factor`, `config.sample_size`: config.json as openCheckpoint reads it);
 * the defaults are the published ones.
 *
 * @throws AutoencoderLayoutError if the result would not be exact: other weights in encoder or decoder (attention
 *   in other blocks), another activation, shifted latents
 */
export function recogniseAutoencoder(
  tensors: Tensors,
  metadata: ReadonlyMap<string, string> = new Map(),
): RecognisedAutoencoder {
  const levels = countModules(tensors, /^(?:first_stage_model\.)?encoder\.down(?:_blocks)?\.(\d+)\./);
  if (levels === 0)
    throw new AutoencoderLayoutError(
      "no tensor is named 'encoder.down_blocks.…', so it holds no AutoencoderKL; wanted one such as sd-vae-ft-ema",
    );
  const tensorsByName = new Map(
    [...tensors].map(([stored, { shape }]) => [diffusersName(stored, levels), { stored, shape }] as const),
  );
  const config = { ...configFromShapes(tensorsByName, levels), ...settingsFrom(metadata) };
  const expectedShapes: Shapes = { ...encoderWeights(config), ...decoderWeights(config) };
  const weights = new Map(
    Object.entries(expectedShapes).map(([name, shape]) => {
      const tensor = tensorsByName.get(name);
      if (!tensor)
        throw new AutoencoderLayoutError(`it has no weight '${name}'; wanted all weights of encoder and decoder`);
      // CompVis and early diffusers store the layers of attention as 1x1 convolutions.
      if (dropOnes(tensor.shape) !== dropOnes(shape))
        throw new AutoencoderLayoutError(`'${tensor.stored}' is [${tensor.shape}], wanted [${shape}]`);
      return [name, { stored: tensor.stored, shape }] as const;
    }),
  );
  const unknown = [...tensorsByName].find(
    ([name]) => /^(encoder|decoder|(post_)?quant_conv)\./.test(name) && !expectedShapes[name],
  );
  if (unknown)
    throw new AutoencoderLayoutError(
      `'${unknown[1].stored}' is not in the layout of sd-vae-ft-ema, which is the only supported one`,
    );
  if (config.widths.some((width) => width % config.groups !== 0))
    throw new AutoencoderLayoutError(
      `widths ${config.widths.join(", ")} do not divide into ${config.groups} groups; ` +
        "give the folder with its config.json, which has norm_num_groups",
    );
  return { config, weights };
}

function configFromShapes(
  tensorsByName: Tensors,
  levels: number,
): Omit<AutoencoderConfig, "groups" | "scale" | "tile"> {
  const sideOf = (name: string, axis: number): number => {
    const size = tensorsByName.get(name)?.shape[axis];
    if (size === undefined)
      throw new AutoencoderLayoutError(`it has no weight '${name}'; wanted all weights of encoder and decoder`);
    return size;
  };
  return {
    widths: Array.from({ length: levels }, (_, i) => sideOf(`encoder.down_blocks.${i}.resnets.0.conv1.weight`, 0)),
    layers: countModules(tensorsByName, /^encoder\.down_blocks\.0\.resnets\.(\d+)\./),
    imageChannels: sideOf("encoder.conv_in.weight", 1),
    latentChannels: sideOf("decoder.conv_in.weight", 1),
    attention: tensorsByName.has("encoder.mid_block.attentions.0.to_q.weight"),
    quantConv: tensorsByName.has("quant_conv.weight"),
    postQuantConv: tensorsByName.has("post_quant_conv.weight"),
  };
}

function settingsFrom(metadata: ReadonlyMap<string, string>): Pick<AutoencoderConfig, "groups" | "scale" | "tile"> {
  const requireSetting = (key: string, wanted: string) => {
    const value = metadata.get(`config.${key}`) ?? wanted;
    if (value !== wanted)
      throw new AutoencoderLayoutError(`its config.json has ${key} ${value}: only ${wanted} is read`);
  };
  requireSetting("_class_name", "AutoencoderKL");
  requireSetting("act_fn", "silu");
  requireSetting("shift_factor", "0");
  const number = (key: string, otherwise: number) => {
    const value = Number(metadata.get(`config.${key}`) ?? otherwise);
    if (!(value > 0 && Number.isFinite(value)))
      throw new AutoencoderLayoutError(
        `its config.json has ${key} ${metadata.get(`config.${key}`)}: wanted a positive number`,
      );
    return value;
  };
  return {
    groups: number("norm_num_groups", publishedSettings.groups),
    scale: number("scaling_factor", publishedSettings.scale),
    tile: number("sample_size", publishedSettings.tile),
  };
}

/**
 * One more than the largest number that the pattern matches in a name. Every number below it stands for a level or
 * layer with weights, so a large one is refused.
 */
function countModules(tensors: Tensors, pattern: RegExp): number {
  let next = 0;
  for (const name of tensors.keys()) {
    const number = Number(pattern.exec(name)?.[1] ?? -1);
    if (number >= MAX_COUNT)
      throw new AutoencoderLayoutError(
        `'${name.slice(0, 120)}' would be one of ${number + 1} levels or layers: at most ${MAX_COUNT} are read`,
      );
    next = Math.max(next, number + 1);
  }
  return next;
}

const MAX_COUNT = 16; // sd-vae-ft-ema has four levels of two layers

const dropOnes = (shape: readonly number[]): string => shape.filter((n) => n !== 1).join();
