// The configuration of a DiT, read from the shapes of its weights.

import { checkConfig, type DitConfig, publishedHeads } from "../config.ts";
import { CLASS_EMBEDDING } from "../model.ts";
import { recogniseLayout } from "./layout.ts";
import { officialPositions } from "./names.ts";
import { LayoutError, type RawTensor, type TensorSource, type TensorView } from "./tensor-source.ts";

/**
 * The number of attention heads: from the settings of a diffusers folder, or from a published width and depth.
 * Undefined otherwise, because no shape of a weight depends on it.
 */
export function headsOf<T extends RawTensor>(source: TensorSource<T>): number | undefined {
  const given = Number(source.metadata.get("config.num_attention_heads"));
  if (Number.isInteger(given) && given > 0) return given;
  const { layout, depth } = recogniseLayout(source);
  const embedding = layout === "official" ? "x_embedder.proj.weight" : "pos_embed.proj.weight";
  return publishedHeads(source.tensors.get(embedding)!.shape[0] ?? 0, depth);
}

/**
 * The configuration of a checkpoint in the official layout (`asOfficial`), from the shapes of its weights.
 *
 * @param name name of the model in messages and records
 * @throws LayoutError that names the tensor whose shape fits no DiT
 */
export function readConfig<T extends RawTensor>(view: TensorView<T>, name: string, heads: number): DitConfig {
  const makeError = (tensor: string, wanted: string) =>
    new LayoutError(`${view.source}: '${tensor}' is [${view.tensors.get(tensor)?.shape}]: wanted ${wanted}`);
  const shape = (tensor: string) => view.tensors.get(tensor)?.shape ?? [];

  const [width = 0, channels = 0, patchSize = 0, again] = shape("x_embedder.proj.weight");
  if (shape("x_embedder.proj.weight").length !== 4 || patchSize !== again || patchSize < 1)
    throw makeError("x_embedder.proj.weight", "[width, channels, patch, patch]");
  const side = Math.sqrt(shape(officialPositions)[1] ?? 0);
  if (!Number.isInteger(side) || side < 1) throw makeError(officialPositions, "[1, tokens of a square, width]");
  const [outputs = 0] = shape("final_layer.linear.weight");
  const perChannel = outputs / (patchSize ** 2 * channels);
  if (perChannel !== 1 && perChannel !== 2)
    throw makeError(
      "final_layer.linear.weight",
      `${patchSize ** 2 * channels} rows, or twice as many with a learned variance`,
    );
  const blocks = new Set([...view.tensors.keys()].flatMap((tensor) => /^blocks\.(\d+)\./.exec(tensor)?.[1] ?? []));
  const config: DitConfig = {
    name,
    inputSize: side * patchSize,
    patchSize,
    channels,
    width,
    depth: blocks.size,
    heads,
    mlpRatio: (shape("blocks.0.mlp.fc1.weight")[0] ?? 0) / width,
    classes: (shape(CLASS_EMBEDDING)[0] ?? 0) - 1,
    learnSigma: perChannel === 2,
  };
  try {
    checkConfig(config);
  } catch (error) {
    throw new LayoutError(`${view.source}: ${(error as Error).message}`, { cause: error });
  }
  return config;
}
