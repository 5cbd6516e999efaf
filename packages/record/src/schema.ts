// The schema of the record of one cell (recipe × dataset × method × seed). A record is complete: every table and every
// chart is a function of records only.

import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 as 64 lower-case hexadecimal digits");
/** Text without control characters, which would reach terminals, CSV rows and file names. */
const plainText = z.string().regex(/^\P{Cc}*$/u, "expected text without control characters");
const text = plainText.min(1);
const count = z.int().nonnegative();
const seconds = z.number().nonnegative();
const interval = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low <= high, "expected [low, high] with low <= high");
/** A map that JSON stores without loss: no NaN, infinity, undefined or date. */
const jsonObject = z
  .record(z.string(), z.unknown())
  .refine((value) => z.json().safeParse(value).success, "expected values that JSON can hold, numbers finite");

/** The score by which a sweep chooses: FID against held-out images, or FID against the training images. */
export const tuningCriterion = z.enum(["heldOutFid", "fid"]);

const cell = z.strictObject({
  /** Name of the method, as on the command line: `lora`. */
  method: text,
  /** Name of the method with its options, as in a table: `LoRA-R8`. Rows of tables are keyed by it. */
  methodLabel: text,
  /** The package of the method and its version. */
  methodSource: text,
  /** The method's options, defaults filled in. */
  options: jsonObject,
  /** Name of the dataset, as on the command line: `flowers`. */
  dataset: text,
  /** Name of the dataset in a table: `Oxford Flowers`. */
  datasetTitle: text,
  seed: count,
  /** The variant of the recipe that the run belongs to, with the settings that it changes; absent for none. */
  variant: z.strictObject({ name: text, title: text, settings: jsonObject }).optional(),
});

const data = z.strictObject({
  /** `miniature`: procedural images of this program; `dataset`: published images; `folder`: the user's image files. */
  source: z.enum(["miniature", "dataset", "folder"]),
  /** Class names, in label order. */
  classes: z.array(plainText).min(1),
  /** Number of training images. */
  images: count,
  /** Height and width after preprocessing, in pixels. */
  size: z.int().positive(),
  /** Digest of the images and their labels; equal for equal data. */
  fingerprint: text,
  /** Number of files skipped because they could not be read as images. */
  skipped: count,
  /** Images that the model was not trained on, for the held-out scores. Set only if there are some. */
  heldOut: z
    .strictObject({
      /** Share of the images that the setting holds out, each by its own hash. */
      share: z.number().gt(0).lt(1),
      images: z.int().positive(),
      fingerprint: text,
    })
    .optional(),
});

const score = z.strictObject({
  value: z.number(),
  /** At `intervalLevel`. */
  interval: interval.optional(),
});

const metrics = z.strictObject({
  /** Id of the feature extractor. FIDs of different extractors are not comparable. */
  extractor: text,
  /** Features per image. */
  dimension: z.int().positive(),
  /** Id of the resizer before the extractor. */
  resizer: text,
  /** Number of generated images. */
  generated: z.int().positive(),
  /** Number of real images for comparison. */
  real: z.int().positive(),
  fid: z.number(),
  fidInterval: interval,
  /** Level of all intervals of these scores, such as 0.95. */
  intervalLevel: z.number().gt(0).lt(1),
  kid: z.number(),
  /** Scores of the base model without fine-tuning, sampled with its null class or as `baseLabels` states. */
  baseFid: z.number(),
  baseFidInterval: interval,
  baseKid: z.number(),
  baseGenerated: z.int().positive(),
  /** `dataset`: the base model knows the classes of the dataset and was sampled with them, as the run's model was. */
  baseLabels: z.literal("dataset").optional(),
  /** Further scores by name, such as `precision`; docs/metrics.md explains each. Older records do not have it. */
  scores: z.record(text, score).optional(),
  /** Names of scores that could not be computed, with the reasons. */
  leftOut: z.record(text, text).optional(),
  /** FID of the samples of each class against its training images, by class, for classes with enough of both. */
  perClass: z.record(plainText, z.number()).optional(),
  /** Numbers of images of the classes in `perClass`. */
  perClassImages: z
    .record(plainText, z.strictObject({ generated: z.int().positive(), real: z.int().positive() }))
    .optional(),
});

/** How the value of one option was chosen: in a sweep, by the runs of another seed. */
const tuning = z.strictObject({
  /** The tuned option: `training.learningRate`, or an option of the method. */
  option: text,
  /** The values that were tried; the run has one of them. */
  values: z.array(z.json()).min(2),
  /** Number of runs of this method in the sweep. */
  runs: z.int().positive(),
  /** Names of the datasets that the values were compared on. */
  datasets: z.array(text).min(1),
  seed: count,
  /** The score that chose: the mean over the datasets of the FID against held-out or against training images. */
  criterion: tuningCriterion,
  /** The protocol of the sweep's runs. */
  protocol: text,
  /** SHA-256 of the sweep's file. */
  sweep: sha256,
  /** Methods of the same sweep whose default value was the best: their runs do not have this field. */
  defaultIsBest: z.array(z.strictObject({ method: text, label: text, runs: z.int().positive() })),
});

/** The schema of a record. Unknown keys are errors, so that a misspelt field is not silently lost. */
export const recordSchema = z
  .strictObject({
    /** Version of this schema. */
    schema: z.literal(1),
    /** The protocol of the evaluation, such as `mini/1`. Records of different protocols never share a table. */
    protocol: text,
    /** Digest of everything that the results depend on: equal identities have equal results. */
    identity: sha256,
    recipe: text,
    /** True if data, base model and extractor are the small ones included in the program. */
    miniature: z.boolean(),
    cell,
    data,
    /** The complete resolved recipe. */
    settings: jsonObject,
    code: z.strictObject({
      version: text,
      /** Commit of the program's source tree; null outside a git checkout. */
      commit: z.string().min(7).nullable(),
      /** True if the tree had no uncommitted change; null without a commit. */
      clean: z.boolean().nullable(),
    }),
    /** Versions of the packages that the numbers depend on, by name. */
    versions: z.record(z.string(), z.string()),
    machine: z.strictObject({
      cpu: text,
      cores: z.int().positive(),
      memoryGB: z.number().positive(),
      /** Name of the accelerator that was used; null for none. */
      gpu: text.nullable(),
      os: text,
      arch: text,
      node: text,
    }),
    engine: z.strictObject({ name: text, threads: z.int().positive() }),
    /** Mean number of cores that other processes used during training. Older records do not have it. */
    otherLoad: z.number().nonnegative().optional(),
    /** SHA-256 of the weight files. `trained` is null if the run left none. */
    weights: z.strictObject({
      base: sha256,
      extractor: sha256,
      /** Set only for models on latents. */
      autoencoder: sha256.optional(),
      trained: sha256.nullable(),
      /** Size of the file of trained weights. Older records do not have it. */
      trainedBytes: count.optional(),
    }),
    parameters: z.strictObject({
      /** Number of trained weights, including the class embedding. */
      trainable: count,
      /** Number of weights in the class embedding; they are part of `trainable`. */
      classEmbedding: count,
      /** Number of all weights of the trained model, including the method's own. */
      model: z.int().positive(),
    }),
    /**
     * Seconds of each stage, summed over the processes of a resumed run and over the shorter run that it continued, up
     * to their last checkpoints; null for a stage that the run did not reach. Resumed runs before 2026-11-29 have the
     * sum of `train` alone, and the other times of their last process.
     */
    times: z.strictObject({
      data: seconds,
      /** Encoding of the data; set only for models on latents, unless an earlier run did it. */
      latents: seconds.optional(),
      compile: seconds,
      train: seconds,
      sample: seconds.nullable(),
      features: seconds.nullable(),
      score: seconds.nullable(),
      total: seconds,
    }),
    /** Median milliseconds of a training step; of a resumed run, the mean of its parts' medians by their steps. */
    stepMilliseconds: z.number().nonnegative(),
    /** Highest resident memory of a process of the run, in MB (10^6 bytes). Before 2026-11-29: of the last process. */
    peakMemoryMB: z.number().nonnegative(),
    training: z.strictObject({
      /** Number of optimizer steps. */
      steps: count,
      batch: z.int().positive(),
      /** The learning rate: the published one times the recipe's factor, or the run's own. Older records lack it. */
      learningRate: z.number().positive().optional(),
      /** Number of times the run was resumed. */
      resumes: count,
      /** The loss at some steps, in step order; null if it was not finite. */
      loss: z.array(z.strictObject({ step: count, value: z.number().nullable() })),
      /**
       * Loss of the weights' moving average (EMA) at some steps on one fixed batch: the same training images, timesteps
       * and noise each time, so that the curve does not depend on the choice of batch. Older records do not have it.
       */
      fixedBatchLoss: z.array(z.strictObject({ step: count, value: z.number().nullable() })).optional(),
      /**
       * FID of few samples over training, by the weights' moving average (EMA), if the recipe's `metrics.every` asks
       * for it: `value` against the training images, `heldOut` against the images that were held out, if any.
       */
      fid: z
        .array(
          z.strictObject({
            step: count,
            value: z.number(),
            samples: z.int().positive(),
            heldOut: z.number().optional(),
          }),
        )
        .optional(),
      /** Steps and identity of the shorter run that training continued from, if any. */
      continuedFrom: z.strictObject({ steps: count, identity: sha256 }).optional(),
    }),
    /** How a setting of this run was chosen, if a sweep chose it. Older records do not have it. */
    tuning: tuning.optional(),
    /** Null if the run diverged. */
    metrics: metrics.nullable(),
    exit: z.enum(["finished", "diverged"]),
    /** Start and end of the process that finished the run. */
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    /** SHA-256 of the record without this field, see `recordDigest`. Older records do not have it. */
    digest: sha256.optional(),
  })
  .refine((record) => (record.exit === "finished") === (record.metrics !== null), {
    path: ["metrics"],
    message: "expected metrics for a finished run and null for a diverged one",
  })
  .refine((record) => record.exit === "diverged" || record.weights.trained !== null, {
    path: ["weights", "trained"],
    message: "expected the digest of the trained weights for a finished run",
  })
  .refine(({ parameters }) => parameters.trainable <= parameters.model, {
    path: ["parameters", "trainable"],
    message: "expected at most as many trainable weights as the model has",
  })
  .refine(({ parameters }) => parameters.classEmbedding <= parameters.trainable, {
    path: ["parameters", "classEmbedding"],
    message: "expected the class embedding to be part of the trainable weights",
  });

export type RunRecord = z.infer<typeof recordSchema>;
export type RunMetrics = z.infer<typeof metrics>;
export type Tuning = z.infer<typeof tuning>;
export type TuningCriterion = z.infer<typeof tuningCriterion>;
