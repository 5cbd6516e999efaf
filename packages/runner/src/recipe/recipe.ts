// A recipe: the data of one benchmark, with no logic. Everything that decides a result stands in it.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { resizers } from "@dit-bench/datasets";
import { linearSchedule, respace, samplerNames } from "@dit-bench/diffusion";
import { closestName } from "@dit-bench/text";
import { z } from "zod";
import { BenchError } from "../errors.ts";

const whole = z.int().min(1);

const recipeSchema = z.strictObject({
  name: z.string(),
  /** Records of different protocols never share a table. */
  protocol: z.string(),
  title: z.string(),
  /** One paragraph: what it stands for and what it does not. */
  about: z.string(),
  /** Are data, base model and extractor the project's own small ones? */
  miniature: z.boolean(),
  model: z.strictObject({
    name: z.string(),
    inputSize: whole,
    patchSize: whole,
    channels: whole,
    width: whole,
    depth: whole,
    heads: whole,
    mlpRatio: z.number().positive(),
    classes: whole,
    learnSigma: z.literal(true),
  }),
  /** The base model's checkpoint, in any layout: a file or folder beside the recipe, a path, or a name that `bench fetch` knows. */
  base: z.string(),
  /**
   * The base's own inputSize, where it is not the model's: its positions are then taken over the model's grid at this distance, so that the base's code
   * book stays (the DiffFit paper's trick for 256 to 512, section 3.4: PE_512(i, j) = PE_256(i/2, j/2)).
   */
  baseInputSize: whole.optional(),
  /** Where the model works on latents: an AutoencoderKL, named as the base is, and what its latents are multiplied with. */
  autoencoder: z
    .strictObject({
      weights: z.string(),
      scale: z.number().positive(),
      /** Larger pictures are cut into tiles of this side; see CodecOptions. */
      tile: whole.optional(),
    })
    .optional(),
  /** The project's own small extractor, or the FID's Inception-v3; weights as for the base. */
  extractor: z.union([
    z.strictObject({ weights: z.string(), classes: whole }),
    z.strictObject({
      name: z.literal("inception"),
      weights: z.string(),
      /** How pictures come to 299 x 299. */
      resize: z.enum(resizers),
    }),
  ]),
  data: z.strictObject({
    /** Images of each class of a miniature; of a real dataset all are taken. */
    perClass: whole.optional(),
    /** Seed of the miniatures' drawings, the same for every run. */
    seed: z.int().min(0).optional(),
    /** Train on mirrored images half of the time. */
    flip: z.boolean(),
  }),
  training: z.strictObject({
    steps: whole,
    batch: whole,
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
    batch: whole,
  }),
  metrics: z.strictObject({
    resamples: z.int().min(20),
    level: z.number().gt(0).lt(1),
  }),
  /** How `bench pretrain` makes the base model and the extractor; left out where others have made them. */
  pretraining: z
    .strictObject({
      seed: z.int().min(0),
      base: z.strictObject({
        /** How the embeddings start: see initialDit. */
        embeddings: z.enum(["published", "unit"]),
        perClass: whole,
        steps: whole,
        batch: whole,
        learningRate: z.number().positive(),
        emaDecay: z.number().min(0).lt(1),
      }),
      extractor: z.strictObject({
        perClass: whole,
        steps: whole,
        batch: whole,
        learningRate: z.number().positive(),
        emaDecay: z.number().min(0).lt(1),
      }),
    })
    .optional(),
});

export type RecipeSettings = z.infer<typeof recipeSchema>;

export interface Recipe {
  readonly settings: RecipeSettings;
  /** Where its files lie. */
  readonly folder: string;
  /** `mini/1`, with a mark of what was changed: `mini/1+9f3a2c`. */
  readonly protocol: string;
}

/** Top folder of the project: the one with `benchmarks/` in it. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "benchmarks"))) {
    const up = dirname(folder);
    if (up === folder)
      throw new BenchError("failure", "the folder 'benchmarks' was not found above the program's own files");
    folder = up;
  }
  return folder;
}

/** Names of the recipes that come with the project. */
export function recipeNames(): string[] {
  const folder = join(projectFolder(), "benchmarks");
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, "recipe.json")));
}

/**
 * A recipe by name, or by the path of a folder with a `recipe.json`.
 *
 * @param changes settings by dotted path, such as `{"training.steps": 50}`; they mark the protocol, because results then differ
 */
export function loadRecipe(name: string, changes: Readonly<Record<string, unknown>> = {}): Recipe {
  const known = recipeNames();
  const folder = known.includes(name) ? join(projectFolder(), "benchmarks", name) : resolve(name);
  const path = join(folder, "recipe.json");
  if (!existsSync(path)) {
    const near = closestName(name, known);
    throw new BenchError(
      "usage",
      `unknown recipe '${name}'; wanted one of ${known.join(", ")}, or a folder with a recipe.json${near ? `. Did you mean '${near}'?` : ""}`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new BenchError("usage", `recipe ${path} is not valid JSON (${(error as Error).message})`);
  }
  const settings = check(content, path);
  const changed =
    Object.keys(changes).length === 0 ? settings : check(withChanges(content, changes), `recipe '${name}'`);
  const mark = JSON.stringify(changed) === JSON.stringify(settings) ? "" : `+${shortHash(JSON.stringify(changed))}`;
  return { settings: changed, folder, protocol: settings.protocol + mark };
}

/** The settings of a recipe whose base model, extractor and pictures this project makes itself; an error for any other. */
export function ownSettings({ settings }: Recipe) {
  const { pretraining, extractor, data } = settings;
  const { perClass, seed } = data;
  if (!pretraining || "name" in extractor || perClass === undefined || seed === undefined)
    throw new BenchError(
      "usage",
      `recipe ${settings.name}: its weights are others' and its pictures real; wanted a recipe of miniatures, such as mini`,
    );
  return { ...settings, pretraining, extractor, data: { ...data, perClass, seed } };
}

/** The first parts of the dotted paths that `--set` takes: `training`, `sampling`. Other keys are options of methods. */
export const recipeSections = (): string[] =>
  Object.entries(recipeSchema.shape).flatMap(([name, schema]) => (pathsOf(schema).includes("") ? [] : [name]));

/** What `--set` takes for every setting: `training.steps`, and `recipe.base` for one that is not in a section. */
export const recipeSettings = (): string[] =>
  Object.entries(recipeSchema.shape).flatMap(([name, schema]) =>
    pathsOf(schema).map((path) => (path === "" ? `recipe.${name}` : `${name}${path}`)),
  );

/** "" for a plain value, ".steps" for each key of an object. */
function pathsOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodOptional) return pathsOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion)
    return [...new Set(schema.options.flatMap((option) => pathsOf(option as z.ZodType)))];
  if (!(schema instanceof z.ZodObject)) return [""];
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, inner]) =>
    pathsOf(inner).map((path) => `.${name}${path}`),
  );
}

/** Why a text is no `sampling.respacing`; undefined where it is one. */
export function respacingProblem(text: string): string | undefined {
  try {
    respace(linearSchedule(), text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

function check(content: unknown, where: string): RecipeSettings {
  const result = recipeSchema.safeParse(content);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => {
    const given = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], content);
    const quoted = given === undefined || typeof given === "object" ? "" : ` (given ${JSON.stringify(given)})`;
    return `${path.join(".") || "it"}: ${message}${quoted}`;
  });
  throw new BenchError("usage", `${where}: ${issues.join("; ")}`);
}

function withChanges(content: unknown, changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(content) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop()!;
    let at: unknown = copy;
    for (const key of keys) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    if (!(isObject(at) && Object.hasOwn(at, last))) {
      const near = closestName(path, settingPaths(copy));
      throw new BenchError("usage", `the recipe has no setting '${path}'${near ? `; did you mean '${near}'?` : ""}`);
    }
    at[last] = typeof at[last] === "string" && typeof value === "number" ? String(value) : value; // "250" of sampling.respacing
  }
  return copy;
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);

function settingPaths(object: Record<string, unknown>, prefix = ""): string[] {
  return Object.entries(object).flatMap(([key, v]) =>
    isObject(v) ? settingPaths(v, `${prefix}${key}.`) : [prefix + key],
  );
}
