// Variants of a recipe: named changes of settings that decide where training starts and how it proceeds, but not how
// runs are scored. So runs of a recipe and of its variants have one protocol and share a table.

import { closestName } from "@dit-bench/text";
import { z } from "zod";
import { BenchError } from "../errors.ts";

/**
 * The section `grid` of a recipe.json: what a grid runs with the recipe. It decides no result, so it belongs to no
 * identity of a run.
 */
export const gridSchema = z
  .strictObject({
    datasets: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("The datasets that are run unless --datasets names others. Default: all that the recipe can train on."),
    variants: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "wanted lower-case letters, digits and hyphens")
            .describe("For --variant, and at the end of folder names."),
          title: z.string().min(1).describe("In the labels of its rows: DiffFit (positions continued)."),
          methods: z.array(z.string()).min(1).optional().describe("The methods that are run with it. Default: all."),
          settings: z
            .record(z.string(), z.unknown())
            .describe(
              "Changed settings by dotted path, as for --set: base, baseInputSize, positions and those of training.",
            ),
        }),
      )
      .default([])
      .describe("Named changes of the recipe, which are run beside the recipe itself."),
  })
  .describe("What a grid runs with the recipe.");

export type RecipeGrid = z.infer<typeof gridSchema>;
export type RecipeVariant = RecipeGrid["variants"][number];

/** True for a setting that a variant may change, by dotted path. */
export const isVariable = (path: string): boolean =>
  ["base", "baseInputSize", "positions"].includes(path) || path.startsWith("training.");

/** Throws BenchError (usage) if two variants have one name or title, or one changes how runs are scored. */
export function checkVariants(variants: readonly RecipeVariant[], where: string): void {
  const problem = (name: string, text: string) => new BenchError("usage", `${where}: variant '${name}' ${text}`);
  for (const [index, { name, title, settings }] of variants.entries()) {
    const earlier = variants.slice(0, index);
    if (earlier.some((other) => other.name === name))
      throw problem(name, "is there twice; give each a name of its own");
    if (earlier.some((other) => other.title === title))
      throw problem(name, `has the title '${title}' of another one; give each a title of its own`);
    const other = Object.keys(settings).find((path) => !isVariable(path));
    if (other !== undefined)
      throw problem(
        name,
        `sets '${other}', but all variants share data and scoring; it may set base, baseInputSize, positions and ` +
          "settings of training",
      );
  }
}

/** The variant of that name. Throws BenchError (usage) for an unknown name, with the closest known one. */
export function variantNamed(variants: readonly RecipeVariant[], name: string, recipe: string): RecipeVariant {
  const found = variants.find((variant) => variant.name === name);
  if (found) return found;
  const names = variants.map((variant) => variant.name);
  const near = closestName(name, names);
  throw new BenchError(
    "usage",
    names.length === 0
      ? `variant '${name}' is not known: recipe ${recipe} has no variants`
      : `variant '${name}' is not known; ${near ? `did you mean '${near}'? ` : ""}` +
          `variants of recipe ${recipe}: ${names.join(", ")}`,
  );
}

/** Throws BenchError (usage) if a change of the user has no effect, because the variant sets the same. */
export function checkChanges(changes: Readonly<Record<string, unknown>>, { name, settings }: RecipeVariant): void {
  const both = Object.keys(changes).find((path) => Object.hasOwn(settings, path));
  if (both !== undefined)
    throw new BenchError(
      "usage",
      `variant '${name}' sets '${both}', and so does --set; leave out the variant or that --set`,
    );
}
