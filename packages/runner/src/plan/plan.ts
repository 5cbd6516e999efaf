// Estimates what a run needs and costs, without running anything.

import { downsampling, stableDiffusion } from "@dit-bench/autoencoder";
import { linearSchedule, respace } from "@dit-bench/diffusion";
import { CLASS_EMBEDDING, ditModel } from "@dit-bench/dit";
import { type AnyMethod, attach, size } from "@dit-bench/method";
import { extractorOf } from "../extractors/extractors.ts";
import { ownLearningRate, rowLabel } from "../methods/learning-rate.ts";
import { countImages, type DatasetChoice, datasetTitle } from "../recipe/dataset.ts";
import { expectedHeldOut } from "../recipe/held-out.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { defaultEverySamples } from "../recipe/schema.ts";
import { countFidSteps } from "../training/fid-curve.ts";
import { isStateKept, type KeepState, stateBytes } from "../training/kept-state.ts";
import { type NeededFile, neededFiles } from "./needed-files.ts";
import { autoencoderFlops, forwardFlops, samplingMemory, trainingFlops, trainingMemory } from "./work.ts";

export interface Plan {
  readonly protocol: string;
  readonly method: string;
  readonly dataset: string;
  readonly files: readonly NeededFile[];
  readonly parameters: { readonly trainable: number; readonly classEmbedding: number; readonly model: number };
  /** Estimated share of the images that is held out, and the number of all images; absent if none is. */
  readonly heldOut?: { readonly share: number; readonly images: number };
  /** Estimated peaks, in bytes. */
  readonly memory: { readonly training: number; readonly sampling: number };
  /** Estimated seconds of each stage. */
  readonly seconds: Readonly<Record<string, number>>;
  /** The stages in `seconds` that one run does for several. */
  readonly sharedStages: readonly string[];
  /** Measured GEMM throughput in operations per second, from which the times are estimated. */
  readonly gemmThroughput: number;
  /** Estimated bytes on the disk, without downloads. */
  readonly disk: Readonly<Record<string, number>>;
}

/** Share of the GEMM throughput that each stage reaches, rounded from results/performance. */
export const throughputShare = { training: 0.6, sampling: 0.85, extractor: 0.6 } as const;

/** Pixels per latent position. That of another autoencoder is not known before its file is read. */
const stableDiffusionFactor = downsampling(stableDiffusion);

const latentsStage = "latents, once for all runs";
const baseStage = "sample the base, once for all runs of a seed";

/**
 * @param gemmThroughput GEMM throughput of the engine, in operations per second
 * @param counted the classes and images of the dataset, if they were counted before
 */
export async function planRun(
  recipe: Recipe,
  {
    method,
    options,
    learningRate,
    dataset,
    gemmThroughput,
    keepState,
    counted,
  }: {
    method: AnyMethod;
    options: object;
    learningRate?: number | undefined;
    dataset: DatasetChoice;
    gemmThroughput: number;
    keepState?: KeepState | undefined;
    counted?: ReturnType<typeof countImages>;
  },
): Promise<Plan> {
  const { settings } = recipe;
  const { training, sampling, model, extractor, data, metrics } = settings;
  const { classes, images } = counted ?? countImages(recipe, dataset);
  const share = expectedHeldOut(recipe, dataset, images);
  const trained = Math.round(images * (1 - share));
  const config = { ...model, classes };
  const adapted = attach(method, ditModel(config), options);
  const count = (weights: readonly { readonly shape: readonly number[] }[]) =>
    weights.reduce((sum, w) => sum + size(w.shape), 0);

  const steps = respace(linearSchedule(), sampling.respacing).steps;
  const forward = forwardFlops(adapted.model, config);
  const guided = sampling.guidance !== 1;
  const at = (flops: number, share: number) => flops / (gemmThroughput * share);
  const { cost } = extractorOf(extractor);
  const latents = settings.autoencoder !== undefined;
  const S = config.inputSize * (latents ? stableDiffusionFactor : 1);
  const coding = autoencoderFlops(S);
  const kept = isStateKept(adapted.parameters, keepState);
  const sampleMemory = samplingMemory(adapted, config, sampling.batch, guided);
  const sampleSeconds = at(steps * forward * (guided ? 2 : 1), throughputShare.sampling);
  const measureSeconds = at((latents ? coding.decode : 0) + (cost?.flops ?? 0), throughputShare.extractor);
  const { every, everySamples = defaultEverySamples } = metrics;
  const points = every === undefined ? 0 : countFidSteps(training.steps, every);
  return {
    protocol: recipe.protocol,
    method: rowLabel(method, adapted.options, ownLearningRate(method, recipe, learningRate), recipe.variant),
    dataset: datasetTitle(dataset),
    files: await neededFiles(recipe, dataset),
    parameters: {
      trainable: adapted.parameters,
      classEmbedding: count(adapted.trainable.filter(({ name }) => name === CLASS_EMBEDDING)),
      model: count(adapted.trainable) + count(adapted.frozen),
    },
    ...(share > 0 ? { heldOut: { share, images } } : {}),
    memory: {
      // For the FID over training, the model is sampled while its training step is in memory.
      training: trainingMemory(adapted, config, training.batch) + (points > 0 ? sampleMemory : 0),
      sampling: sampleMemory,
    },
    seconds: {
      ...(latents
        ? { [latentsStage]: at(trained * (data.flip ? 2 : 1) * coding.encode, throughputShare.extractor) }
        : {}),
      train: at(training.steps * training.batch * trainingFlops(adapted, config), throughputShare.training),
      ...(points > 0
        ? {
            [`FID over training, ${points} times ${everySamples} samples`]:
              points * everySamples * (sampleSeconds + measureSeconds),
          }
        : {}),
      sample: sampling.images * sampleSeconds,
      [baseStage]: at(
        sampling.images * steps * forward * (guided && data.labels === "base" ? 2 : 1),
        throughputShare.sampling,
      ),
      ...(latents
        ? { "decode, with the base's": at(2 * sampling.images * coding.decode, throughputShare.extractor) }
        : {}),
      ...(cost ? { features: at((2 * sampling.images + images) * cost.flops, throughputShare.extractor) } : {}),
    },
    sharedStages: [...(latents ? [latentsStage] : []), baseStage],
    gemmThroughput,
    disk: {
      ...(latents
        ? { "latents, for all runs": trained * (data.flip ? 2 : 1) * 2 * 4 * config.channels * config.inputSize ** 2 }
        : {}),
      [`training state, ${kept ? "kept for further training" : "removed at the end"}`]: stateBytes(adapted.parameters),
      "training state, a second time while it is written": stateBytes(adapted.parameters),
      "trained weights": 4 * adapted.parameters,
      "samples, removed at the end": 4 * sampling.images * config.channels * config.inputSize ** 2,
      ...(cost ? { features: 4 * cost.dimension * (images + sampling.images) } : {}),
    },
  };
}
