// Samples of the base model without fine-tuning: the baseline of every table. They are sampled with the null class,
// because the base model does not know the dataset's classes, unless the recipe says that it does.
//
// N = samples, B = samples on the sheet, S = side in pixels, D = feature dimension

import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { ditModel } from "@dit-bench/dit";
import { float32 } from "@dit-bench/weights";
import { BenchError, NotFiniteSamples } from "../errors.ts";
import type { Listener } from "../events.ts";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { ImageSpace } from "../latents/space.ts";
import type { Base } from "../recipe/base-model.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { helpWhileWaiting } from "../sampling/help-while-waiting.ts";
import { measureImages } from "../sampling/measure-images.ts";
import { helpSampling, sample } from "../sampling/sample.ts";
import { shortHash } from "../storage/hashes.ts";
import { readOrMake } from "../storage/shared-result.ts";
import { protocolFolder } from "./identity.ts";
import { baseIndices } from "./sheet.ts";

export interface BaseSamples {
  /** RGB bytes of a few samples, for the sheet, [B, S, S, 3]. */
  readonly pixels: Uint8Array;
  /** [B], the index of the noise of each. */
  readonly indices: readonly number[];
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
  /** The class of each sample of the run, [N]. */
  readonly labels: Int32Array;
}

/** Samples the base model and computes the samples' features, once per recipe and seed; all cells share the result. */
export async function sampleBase(
  recipe: Recipe,
  base: Base,
  extractor: FeatureExtractor & { readonly sha256: string },
  { engine, out, seed, listener, space, labels }: SamplingContext,
): Promise<BaseSamples> {
  const { sampling, model, baseInputSize, data, positions } = recipe.settings;
  const known = data.labels === "base" ? labels : undefined;
  const made = space.autoencoder === undefined ? [] : [recipe.settings.autoencoder, space.autoencoder];
  const measuredBy = [extractor.id, extractor.sha256, extractor.resizer];
  const sampledFrom = [model, baseInputSize ?? null, base.sha256];
  const further = [...(positions === undefined ? [] : [{ positions }]), ...(known ? [{ labels: [...known] }] : [])];
  const identity = shortHash(
    JSON.stringify([sampling, sampledFrom, measuredBy, seed, engine.name, ...made, ...further]),
  );
  const indices = baseIndices(sampling.images, known);
  const S = space.side;
  const path = join(protocolFolder(out, recipe), "base", `samples-seed-${seed}-${identity}.safetensors`);
  const unfinished = `${path}.unfinished`;
  const task = () => ({
    engine,
    network: { config: model, infos: ditModel(model).weights, values: base.values },
    settings: sampling,
    seed,
    labels: known ?? new Int32Array(sampling.images).fill(model.classes),
    kept: { folder: unfinished, key: identity },
    listener,
  });
  const found = await readOrMake<Omit<BaseSamples, "indices">>(
    {
      path,
      unfinished,
      meanwhile: helpWhileWaiting(unfinished, listener, (_, begun) => helpSampling(task(), begun)),
      what: "the base model's samples",
      doing: "samples the base model",
      shapes: { pixels: [indices.length, S, S, 3], features: [sampling.images, extractor.dimension] },
      read: ({ pixels, features }) => ({ pixels: pixels!.data as Uint8Array, features: float32(features!) }),
      async make() {
        const classes = known === undefined ? "of the null class" : "of its classes";
        listener.stage?.("sample base", `${sampling.images} images ${classes}, once for all cells`);
        const { x } = await sample(task()).catch((error: Error) => {
          throw error instanceof NotFiniteSamples ? baseError(recipe, error, engine) : error;
        });
        return measureImages(space, extractor, model, x, indices, listener);
      },
      tensors: ({ pixels, features }) => ({
        pixels: { type: "U8", shape: [indices.length, S, S, 3], data: pixels },
        features: { type: "F32", shape: [sampling.images, extractor.dimension], data: features },
      }),
    },
    listener,
  );
  return { ...found, indices };
}

/** The error of a base model whose samples are not finite: no training is at fault, and none would help. */
const baseError = ({ settings }: Recipe, { problem }: NotFiniteSamples, { name }: Engine): BenchError =>
  new BenchError(
    "failure",
    `the base model's samples are not finite: ${problem}, on engine ${name}; check the base model of recipe ` +
      `${settings.name} and its settings of sampling, or choose another --engine`,
  );
