// Samples of the base model without fine-tuning: the baseline of every table. They are sampled with the null class,
// because the base model does not know the dataset's classes.
//
// N = samples, S = side in pixels, D = feature dimension

import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { ditModel } from "@dit-bench/dit";
import { float32 } from "@dit-bench/weights";
import type { Listener } from "../events.ts";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { ImageSpace } from "../latents/space.ts";
import type { Base } from "../recipe/base-model.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { measureImages } from "../sampling/measure-images.ts";
import { sample } from "../sampling/sample.ts";
import { shortHash } from "../storage/hashes.ts";
import { readOrMake } from "../storage/shared-result.ts";
import { protocolFolder } from "./identity.ts";
import { baseOnSheet } from "./sheet.ts";

export interface BaseSamples {
  /** RGB bytes of the first samples, for the sheet: [min(N, `baseOnSheet`), S, S, 3]. */
  readonly pixels: Uint8Array;
  /** [N, D] */
  readonly features: Float32Array;
}

interface SamplingContext {
  readonly engine: Engine;
  /** Folder that holds all runs. */
  readonly out: string;
  readonly seed: number;
  readonly listener: Listener;
  readonly space: ImageSpace;
}

/** Samples the base model and computes the samples' features, once per recipe and seed; all cells share the result. */
export async function sampleBase(
  recipe: Recipe,
  base: Base,
  extractor: FeatureExtractor & { readonly sha256: string },
  { engine, out, seed, listener, space }: SamplingContext,
): Promise<BaseSamples> {
  const { sampling, model } = recipe.settings;
  const made = space.autoencoder === undefined ? [] : [recipe.settings.autoencoder, space.autoencoder];
  const identity = shortHash(JSON.stringify([sampling, base.sha256, extractor.sha256, seed, engine.name, ...made]));
  const shown = Math.min(baseOnSheet, sampling.images);
  const S = space.side;
  return readOrMake<BaseSamples>(
    {
      path: join(protocolFolder(out, recipe), "base", `samples-seed-${seed}-${identity}.safetensors`),
      what: "the base model's samples",
      doing: "samples the base model",
      shapes: { pixels: [shown, S, S, 3], features: [sampling.images, extractor.dimension] },
      read: ({ pixels, features }) => ({ pixels: pixels!.data as Uint8Array, features: float32(features!) }),
      async make() {
        listener.stage?.("sample base", `${sampling.images} images of the null class, once for all cells`);
        const network = { config: model, infos: ditModel(model).weights, values: base.values };
        const labels = new Int32Array(sampling.images).fill(model.classes);
        const { x } = await sample({ engine, network, settings: sampling, seed, labels, listener });
        const first = Array.from({ length: shown }, (_, i) => i);
        return measureImages(space, extractor, model, x, first, listener);
      },
      tensors: ({ pixels, features }) => ({
        pixels: { type: "U8", shape: [shown, S, S, 3], data: pixels },
        features: { type: "F32", shape: [sampling.images, extractor.dimension], data: features },
      }),
    },
    listener,
  );
}
