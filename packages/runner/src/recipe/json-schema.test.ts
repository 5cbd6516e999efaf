// The JSON Schema of recipes.

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { projectFolder } from "../project-folder.ts";
import { recipeJsonSchema } from "./json-schema.ts";
import { recipeSettings } from "./recipe.ts";
import { recipeNames } from "./recipe-names.ts";

const benchmarks = join(projectFolder(), "benchmarks");

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly [key: string]: unknown;
}

/** The schemas of the settings below a schema, by dotted path. */
const settingsOf = ({ properties = {}, anyOf = [] }: Schema, path = ""): [string, Schema][] => [
  ...Object.entries(properties).flatMap(([name, inner]): [string, Schema][] => [
    [path + name, inner],
    ...settingsOf(inner, `${path}${name}.`),
  ]),
  ...anyOf.flatMap((inner) => settingsOf(inner, path)),
];

describe("the JSON Schema of recipes", () => {
  it("is benchmarks/recipe.schema.json", async () => {
    const text = `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`;
    // After a wanted change: npx vitest --update
    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(`file://${join(benchmarks, "recipe.schema.json")}`)));
  });

  it("has every setting that --set takes, each with a description", () => {
    const settings = new Map(settingsOf(recipeJsonSchema() as Schema));
    for (const path of recipeSettings()) expect(settings.has(path.replace(/^recipe\./, "")), path).toBe(true);
    for (const [path, { description }] of settings) expect(description, path).toMatch(/\.$/);
  });

  it.each(recipeNames())("is named by the recipe.json of %s", (name) => {
    const path = join(benchmarks, name, "recipe.json");
    const { $schema } = JSON.parse(readFileSync(path, "utf8"));
    expect(resolve(dirname(path), $schema)).toBe(join(benchmarks, "recipe.schema.json"));
  });
});
