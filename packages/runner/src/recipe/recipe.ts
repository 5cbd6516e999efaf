// A recipe: the data of one benchmark, with no logic. Everything that decides a result stands in it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { closestName } from "@dit-bench/text";
import { z } from "zod";
import { BenchError } from "../errors.ts";
import { projectFolder } from "../project-folder.ts";
import { shortHash } from "../storage/hashes.ts";
import { type RecipeSettings, recipeSchema } from "./schema.ts";

export type { RecipeSettings } from "./schema.ts";

export interface Recipe {
  readonly settings: RecipeSettings;
  /** Where its files lie. */
  readonly folder: string;
  /** `mini/1`, with a mark of what was changed: `mini/1+9f3a2c`. */
  readonly protocol: string;
}

/** Names of the recipes that come with the project. */
export function recipeNames(): string[] {
  const folder = join(projectFolder(), "benchmarks");
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, "recipe.json")));
}

/**
 * A recipe by name, or by the path of a folder with a `recipe.json`.
 *
 * @param changes settings by dotted path, such as `{"training.steps": 50}`; they mark the protocol, because results
 *   then differ
 */
export function loadRecipe(name: string, changes: Readonly<Record<string, unknown>> = {}): Recipe {
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

/**
 * The settings of a recipe whose base model, extractor and pictures this project makes itself; an error for any other.
 */
export function ownSettings({ settings }: Recipe) {
  const { pretraining, extractor, data } = settings;
  const { perClass, seed } = data;
  if (!pretraining || !("classes" in extractor) || perClass === undefined || seed === undefined)
    throw new BenchError(
      "usage",
      `recipe ${settings.name}: its weights are others' and its pictures real; wanted a recipe of miniatures, ` +
        "such as mini",
    );
  return { ...settings, pretraining, extractor, data: { ...data, perClass, seed } };
}

/**
 * The first parts of the dotted paths that `--set` takes: `training`, `sampling`. Other keys are options of methods.
 */
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
