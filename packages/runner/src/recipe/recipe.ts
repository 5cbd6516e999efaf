// Reads recipes. A recipe is the description of one benchmark as data: every setting that decides a result.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { closestName, parseJson, shorten } from "@dit-bench/text";
import { z } from "zod";
import { BenchError } from "../errors.ts";
import { projectFolder } from "../project-folder.ts";
import { shortHash } from "../storage/hashes.ts";
import { recipeNames } from "./recipe-names.ts";
import { addableSettings, type RecipeSettings, recipeSchema, withoutTexts } from "./schema.ts";
import {
  checkChanges,
  checkVariants,
  gridSchema,
  type RecipeGrid,
  type RecipeVariant,
  variantNamed,
} from "./variant.ts";

export type { RecipeSettings } from "./schema.ts";
export type { RecipeVariant } from "./variant.ts";

export interface Recipe {
  readonly settings: RecipeSettings;
  /** The folder of recipe.json and of the weights beside it. */
  readonly folder: string;
  /** `mini/1`; with changed settings, `mini/1+` and a hash of them; in another precision, `mini/1+bfloat16`. */
  readonly protocol: string;
  /** The datasets and variants that a grid runs. */
  readonly grid: RecipeGrid;
  /** Paths of the settings that were given beside the recipe's own, such as `training.steps`; absent for none. */
  readonly given?: readonly string[];
  /** The one that `settings` belong to; absent for the recipe itself. */
  readonly variant?: RecipeVariant;
}

/**
 * Reads a recipe by name, or by the path of a folder with a `recipe.json`. Throws BenchError (usage).
 *
 * @param changes settings by dotted path, such as `{"training.steps": 50}`; they mark the protocol, because results
 *   then differ
 * @param variantName the variant whose settings are used, too
 */
export function loadRecipe(
  name: string,
  changes: Readonly<Record<string, unknown>> = {},
  variantName?: string,
): Recipe {
  const known = recipeNames();
  const folder = known.includes(name) ? join(projectFolder(), "benchmarks", name) : resolve(name);
  const path = join(folder, "recipe.json");
  if (!existsSync(path)) {
    const near = closestName(name, known);
    throw new BenchError(
      "usage",
      `unknown recipe '${name}'; wanted one of ${known.join(", ")}, or a folder with a ` +
        `recipe.json${near ? `. Did you mean '${near}'?` : ""}`,
    );
  }
  let content: unknown;
  try {
    content = parseJson(readFileSync(path, "utf8"));
  } catch (error) {
    throw new BenchError("usage", `recipe ${path} is not valid JSON (${(error as Error).message})`);
  }
  const { grid: givenGrid = {}, $schema: _forEditors, ...own } = isObject(content) ? content : { content };
  const settings = check(own, path);
  const grid = parse(gridSchema, givenGrid, `${path}: grid`);
  checkVariants(grid.variants, path);
  for (const variant of grid.variants) check(withChanges(own, variant.settings), `${path}: variant '${variant.name}'`);
  const changedContent = withChanges(own, changes);
  const changed = Object.keys(changes).length === 0 ? settings : check(changedContent, `recipe '${name}'`);
  const mark =
    JSON.stringify(withoutTexts(changed)) === JSON.stringify(withoutTexts(settings))
      ? ""
      : `+${shortHash(JSON.stringify(withoutTexts(changed)))}`;
  const given = Object.keys(changes);
  const recipe = {
    settings: changed,
    folder,
    protocol: settings.protocol + mark,
    grid,
    ...(given.length === 0 ? {} : { given }),
  };
  if (variantName === undefined) return recipe;
  const variant = variantNamed(grid.variants, variantName, settings.name);
  checkChanges(changes, variant);
  const varied = check(withChanges(changedContent, variant.settings), `variant '${variantName}'`);
  return { ...recipe, variant, settings: varied };
}

/**
 * The recipe as an engine of this name runs it. A precision other than float32, the suffix of the name, marks the
 * protocol: its results differ, so its runs have folders and tables of their own.
 */
export function atPrecision(recipe: Recipe, engineName: string): Recipe {
  const [, precision] = engineName.split("+");
  const mark = precision === undefined ? "" : `+${precision}`;
  return recipe.protocol.endsWith(mark) ? recipe : { ...recipe, protocol: `${recipe.protocol}${mark}` };
}

/**
 * The settings of a recipe of miniatures, for `bench pretrain`. Throws BenchError (usage) for others, and for a model
 * of another size than the miniatures have.
 */
export function ownSettings({ settings }: Recipe) {
  const { pretraining, extractor, data, model } = settings;
  const { perClass, seed } = data;
  if (!pretraining || !("classes" in extractor) || perClass === undefined || seed === undefined)
    throw new BenchError(
      "usage",
      `recipe ${settings.name}: it has no miniatures to pretrain on; wanted a recipe of miniatures, such as mini`,
    );
  const size = model.inputSize;
  if (size !== 32 && size !== 64)
    throw new BenchError(
      "usage",
      `recipe ${settings.name}: the miniatures have 32x32 or 64x64 pixels, but the recipe takes ${size}x${size}`,
    );
  return { ...settings, pretraining, extractor, data: { ...data, perClass, seed }, size: size as 32 | 64 };
}

/** The sections of recipes, such as `training`: a `--set` path that begins with one is a setting of the recipe. */
export const recipeSections = (): string[] =>
  Object.entries(recipeSchema.shape).flatMap(([name, schema]) => (pathsOf(schema).includes("") ? [] : [name]));

/** The path of every setting for `--set`: `training.steps`, and `recipe.base` for one that is in no section. */
export const recipeSettings = (): string[] =>
  Object.entries(recipeSchema.shape).flatMap(([name, schema]) =>
    pathsOf(schema).map((path) => (path === "" ? `recipe.${name}` : `${name}${path}`)),
  );

/** Paths below a schema: "" for a plain value, ".steps" for each key of an object. */
function pathsOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodOptional) return pathsOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) {
    const paths = new Set(schema.options.flatMap((option) => pathsOf(option as z.ZodType)));
    return paths.has("") ? [""] : [...paths];
  }
  if (!(schema instanceof z.ZodObject)) return [""];
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, inner]) =>
    pathsOf(inner).map((path) => `.${name}${path}`),
  );
}

const check = (content: unknown, where: string): RecipeSettings => parse(recipeSchema, content, where);

function parse<T>(schema: z.ZodType<T>, content: unknown, where: string): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => {
    const given = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], content);
    const isQuoted = given !== undefined && typeof given !== "object";
    const quoted = isQuoted ? ` (given ${shorten(JSON.stringify(given), 100)})` : "";
    return `${path.join(".") || "it"}: ${message}${quoted}`;
  });
  throw new BenchError("usage", `${where}: ${shorten(issues.join("; "), 1000)}`);
}

function withChanges(content: unknown, changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(content) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop()!;
    let at: unknown = copy;
    for (const key of keys) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    if (!(isObject(at) && (Object.hasOwn(at, last) || addableSettings.includes(path)))) {
      const near = closestName(path, [...settingPaths(copy), ...addableSettings]);
      throw new BenchError("usage", `the recipe has no setting '${path}'${near ? `; did you mean '${near}'?` : ""}`);
    }
    const isText = typeof at[last] === "string"; // such as "250" in sampling.respacing
    at[last] = isText && typeof value === "number" ? String(value) : value;
  }
  return copy;
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);

function settingPaths(object: Record<string, unknown>, prefix = ""): string[] {
  return Object.entries(object).flatMap(([key, v]) =>
    isObject(v) ? settingPaths(v, `${prefix}${key}.`) : [prefix + key],
  );
}
