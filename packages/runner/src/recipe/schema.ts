// The schema of a recipe.json: every setting that decides a result.

import { linearSchedule, respace, samplerNames } from "@dit-bench/diffusion";
import { positionRuleNames } from "@dit-bench/dit";
import { resizers } from "@dit-bench/images";
import { z } from "zod";
import { extractorSection } from "../extractors/extractors.ts";

const wholeNumber = z.int().min(1);

/** How a network of a recipe is pretrained. */
const pretrainedPart = z.strictObject({
  perClass: wholeNumber,
  steps: wholeNumber,
  batch: wholeNumber,
  learningRate: z.number().positive(),
  emaDecay: z.number().min(0).lt(1),
});

/** The settings one by one. */
const settings = z.strictObject({
  /** The path of its folder in benchmarks/, such as `mini` or `high-resolution/mini`. */
  name: z.string(),
  /** Records of different protocols never share a table. */
  protocol: z.string(),
  title: z.string(),
  /** One paragraph: what results of this recipe show, and what they do not show. */
  about: z.string(),
  /** True for a recipe with the project's own miniatures, small base model and small extractor. */
  miniature: z.boolean(),
  model: z.strictObject({
    name: z.string(),
    inputSize: wholeNumber,
    patchSize: wholeNumber,
    channels: wholeNumber,
    width: wholeNumber,
    depth: wholeNumber,
    heads: wholeNumber,
    mlpRatio: z.number().positive(),
    classes: wholeNumber,
    learnSigma: z.literal(true),
  }),
  /**
   * The base model's checkpoint, in any layout: a file beside the recipe, a path, or a name that `bench fetch` knows.
   * `{"random": …}`: no checkpoint but initial weights, made from the run's seed; the value is that of initialDit's
   * `embeddings`.
   */
  base: z.union([z.string(), z.strictObject({ random: z.enum(["published", "unit"]) })]),
  /** The base's own inputSize, if it differs from the model's. The model's grid then has positions by a rule. */
  baseInputSize: wholeNumber.optional(),
  /** The rule: see positionRules of packages/dit. Default: `interpolated`. */
  positions: z.enum(positionRuleNames).optional(),
  /**
   * For a model of latents: an AutoencoderKL, named as the base is, and the factor that its latents are multiplied by.
   */
  autoencoder: z
    .strictObject({
      weights: z.string(),
      scale: z.number().positive(),
      /** Larger images are cut into tiles of this side; see CodecOptions. */
      tile: wholeNumber.optional(),
    })
    .optional(),
  /** The network that FIDs are computed with; its weights are named as the base is. */
  extractor: extractorSection({ z, resizers }),
  data: z.strictObject({
    /**
     * `base`: the datasets have the base model's classes, in its order. The class embedding then starts from the base
     * model's rows, and the base model is sampled with the classes. `new`, the default: it does not know the classes.
     */
    labels: z.enum(["new", "base"]).optional(),
    /** Images of each class of a miniature; of a real dataset all are taken. */
    perClass: wholeNumber.optional(),
    /** Seed of the miniatures' drawings, the same for every run. */
    seed: z.int().min(0).optional(),
    /** Train on mirrored images half of the time. */
    flip: z.boolean(),
    /**
     * Share of the images that is held out of training for the held-out scores. Default: none, and `ownHeldOut` of own
     * images.
     */
    heldOut: z.number().min(0).lt(1).optional(),
  }),
  training: z.strictObject({
    steps: wholeNumber,
    batch: wholeNumber,
    /** Share of labels replaced by the null class, for guidance. */
    labelDropout: z.number().min(0).max(1),
    emaDecay: z.number().min(0).lt(1),
    betas: z.tuple([z.number(), z.number()]),
    eps: z.number().positive(),
    weightDecay: z.number().min(0),
    /** Multiplies every method's published learning rate. */
    learningRateScale: z.number().positive(),
  }),
  sampling: z.strictObject({
    sampler: z.enum(samplerNames),
    /** Steps of the respaced process, as in `ddim20` or `250`. */
    respacing: z.string().check(({ value, issues }) => {
      const message = respacingProblem(value); // otherwise found after the training
      if (message !== undefined) issues.push({ code: "custom", input: value, message });
    }),
    guidance: z.number().min(1),
    guidedChannels: z.enum(["three", "all"]),
    clipDenoised: z.boolean(),
    /** Generated images to score. */
    images: z.int().min(2),
    batch: wholeNumber,
  }),
  metrics: z
    .strictObject({
      resamples: z.int().min(20),
      level: z.number().gt(0).lt(1),
      /** Steps between two FIDs of few samples during training. Default: none is computed. */
      every: wholeNumber.optional(),
      /** Number of these samples. Default: `defaultEverySamples`. */
      everySamples: z.int().min(2).optional(),
    })
    .refine(({ every, everySamples }) => every !== undefined || everySamples === undefined, {
      path: ["everySamples"],
      message: "it is used only with metrics.every; set that, too",
    }),
  /** Settings of `bench pretrain` for base model and extractor; absent if these come from elsewhere. */
  pretraining: z
    .strictObject({
      seed: z.int().min(0),
      /** Absent if the base model is that of another recipe. */
      base: z
        .strictObject({
          /** Initial values of the embeddings: see initialDit. */
          embeddings: z.enum(["published", "unit"]),
          ...pretrainedPart.shape,
        })
        .optional(),
      extractor: pretrainedPart,
    })
    .optional(),
});

/** A recipe without its section `grid`: the settings of a run. */
export const recipeSchema = settings.refine(
  ({ positions, baseInputSize }) => positions === undefined || baseInputSize !== undefined,
  { path: ["positions"], message: "it is used only with baseInputSize; set that, too" },
);

/** Settings that a recipe.json need not name, for which `--set` adds the key. */
export const addableSettings: readonly string[] = [
  "positions",
  "data.heldOut",
  "metrics.every",
  "metrics.everySamples",
];

/** Samples of a point of the FID over training: with recipe mini, a fifth of those of the final FID. */
export const defaultEverySamples = 100;

export type RecipeSettings = z.infer<typeof recipeSchema>;

/** The settings without the texts for people. A change of these texts does not change the identity of a run. */
export function withoutTexts<S extends Pick<RecipeSettings, "title" | "about">>(
  settings: S,
): Omit<S, "title" | "about"> {
  const { title: _title, about: _about, ...deciding } = settings;
  return deciding;
}

/** Why a text is no valid `sampling.respacing`; undefined if it is valid. */
export function respacingProblem(text: string): string | undefined {
  try {
    respace(linearSchedule(), text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
