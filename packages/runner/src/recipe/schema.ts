// The schema of a recipe.json: every setting that decides a result.

import { linearSchedule, respace, samplerNames } from "@dit-bench/diffusion";
import { positionRuleNames } from "@dit-bench/dit";
import { resizers } from "@dit-bench/images";
import { z } from "zod";
import { extractorSection } from "../extractors/extractors.ts";

/** Share of own images that is held out unless `data.heldOut` or `--held-out` names another. */
export const ownHeldOut = 0.2;

/** Samples of a point of the FID over training: with recipe mini, a fifth of those of the final FID. */
export const defaultEverySamples = 100;

const wholeNumber = z.int().min(1);
const share = z.number().min(0).max(1);
const emaDecay = z.number().min(0).lt(1).describe("Decay of the exponential moving average of the weights, per step.");

const embeddings = z
  .enum(["published", "unit"])
  .describe("Initial values of the embeddings: those of the DiT code, or unit, which suits widths below 384.");

/** How a network of a recipe is pretrained. */
const pretrainedPart = z.strictObject({
  perClass: wholeNumber.describe("Images of each class."),
  steps: wholeNumber.describe("Training steps."),
  batch: wholeNumber.describe("Images per step."),
  learningRate: z.number().positive().describe("The largest learning rate of its schedule."),
  emaDecay,
});

/** The settings one by one. Their descriptions are those of `benchmarks/recipe.schema.json`, which editors show. */
const settings = z.strictObject({
  name: z
    .string()
    .describe("The path of the recipe's folder in benchmarks/, such as mini or high-resolution/mini; or a name."),
  protocol: z
    .string()
    .describe(
      "Name and version of the settings, such as mini/1. Records of different protocols never share a table: " +
        "raise the version with every change that changes results.",
    ),
  title: z.string().describe("For headings of tables and pages."),
  about: z.string().describe("One paragraph: what results of this recipe show, and what they do not show."),
  miniature: z
    .boolean()
    .describe("True for a recipe with dit-bench's own miniatures, small base model and small extractor."),
  model: z
    .strictObject({
      name: z.string().describe("Such as DiT-XL/2; it decides nothing."),
      inputSize: wholeNumber.describe("Side of the model's input: pixels, or with an autoencoder latent positions."),
      patchSize: wholeNumber.describe("Side of a token's patch."),
      channels: wholeNumber.describe("Channels of the input: 3 for pixels, 4 for Stable Diffusion's latents."),
      width: wholeNumber.describe("Length of a token's vector."),
      depth: wholeNumber.describe("Number of blocks."),
      heads: wholeNumber.describe("Attention heads of a block; the width is divided among them."),
      mlpRatio: z.number().positive().describe("Width of the MLP's hidden layer, as a multiple of the model's width."),
      classes: wholeNumber.describe("Classes of the base model."),
      learnSigma: z.literal(true).describe("The model predicts noise and variance."),
    })
    .describe("The Diffusion Transformer."),
  base: z
    .union([
      z.string(),
      z.strictObject({
        random: embeddings,
      }),
    ])
    .describe(
      "The base model's checkpoint, in any layout: a file beside the recipe, a path, or a name that 'bench fetch' " +
        "knows. With random, training starts from initial weights, which are made from the run's seed.",
    ),
  baseInputSize: wholeNumber
    .optional()
    .describe(
      "The base model's own inputSize, if it differs from the model's. The positions of the larger grid then follow " +
        "the rule 'positions'.",
    ),
  positions: z
    .enum(positionRuleNames)
    .optional()
    .describe("How the base model's positions become those of a larger grid. Default: interpolated."),
  autoencoder: z
    .strictObject({
      weights: z.string().describe("An AutoencoderKL, named as the base model is."),
      scale: z.number().positive().describe("The factor that latents are multiplied by."),
      tile: wholeNumber.optional().describe("Larger images are cut into tiles of this side, in pixels."),
    })
    .optional()
    .describe("For a model of latents: the autoencoder between images and latents."),
  extractor: extractorSection({ z, resizers }).describe(
    "The network whose features FIDs and further scores are computed from. Its weights are named as the base model is.",
  ),
  data: z
    .strictObject({
      labels: z
        .enum(["new", "base"])
        .optional()
        .describe(
          "base: the datasets have the base model's classes, in its order; the class embedding starts from its rows, " +
            "and the base model is sampled with the classes. new, the default: it does not know the classes.",
        ),
      perClass: wholeNumber
        .optional()
        .describe("Images of each class of a miniature; of a real dataset all are taken."),
      seed: z.int().min(0).optional().describe("Seed of the miniatures' drawings, the same for every run."),
      flip: z.boolean().describe("Mirror half of the training images, chosen at random."),
      heldOut: z
        .number()
        .min(0)
        .lt(1)
        .optional()
        .describe(
          "Share of the images that is not trained on, for the held-out scores. " +
            `Default: none, and ${ownHeldOut} of your own images, if that is enough of them.`,
        ),
    })
    .describe("The images that are trained on."),
  training: z
    .strictObject({
      steps: wholeNumber.describe("Training steps."),
      batch: wholeNumber.describe("Images per step."),
      labelDropout: share.describe("Share of the labels that are replaced by the null class, for guidance."),
      emaDecay,
      betas: z.tuple([z.number(), z.number()]).describe("AdamW's decays of the two moments."),
      eps: z.number().positive().describe("AdamW's addend in the denominator."),
      weightDecay: z.number().min(0).describe("AdamW's weight decay, per step and learning rate."),
      learningRateScale: z.number().positive().describe("Multiplies every method's published learning rate."),
    })
    .describe("How each method is trained."),
  sampling: z
    .strictObject({
      sampler: z.enum(samplerNames).describe("The rule of a sampling step."),
      respacing: z
        .string()
        .check(({ value, issues }) => {
          const message = respacingProblem(value); // otherwise found after the training
          if (message !== undefined) issues.push({ code: "custom", input: value, message });
        })
        .describe("Steps of the sampling process, such as ddim20 or 250."),
      guidance: z.number().min(1).describe("Scale of classifier-free guidance; 1 is without."),
      guidedChannels: z
        .enum(["three", "all"])
        .describe("The channels that guidance changes: the first three, as in the official DiT code, or all."),
      clipDenoised: z.boolean().describe("Clip the predicted image to [-1, 1] in each step."),
      images: z.int().min(2).describe("Generated images to score."),
      batch: wholeNumber.describe("Images that are generated at the same time."),
    })
    .describe("How images are generated."),
  metrics: z
    .strictObject({
      resamples: z.int().min(20).describe("Resamples of the bootstrap, for the interval of a single run."),
      level: z.number().gt(0).lt(1).describe("Level of the intervals, such as 0.95."),
      every: wholeNumber
        .optional()
        .describe("Training steps between two FIDs of few samples during training. Default: none is computed."),
      everySamples: z.int().min(2).optional().describe(`Samples of each of these. Default: ${defaultEverySamples}.`),
    })
    .refine(({ every, everySamples }) => every !== undefined || everySamples === undefined, {
      path: ["everySamples"],
      message: "it is used only with metrics.every; set that, too",
    })
    .describe("How the generated images are scored."),
  pretraining: z
    .strictObject({
      seed: z.int().min(0).describe("Seed of all random numbers of the pretraining."),
      base: z
        .strictObject({
          embeddings,
          ...pretrainedPart.shape,
        })
        .optional()
        .describe("Absent if the base model is that of another recipe."),
      extractor: pretrainedPart.describe("The training of the extractor."),
    })
    .optional()
    .describe("Settings of 'bench pretrain' for base model and extractor; absent if these come from elsewhere."),
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
