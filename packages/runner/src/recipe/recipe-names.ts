// The names of recipes, without reading them.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../project-folder.ts";

/** Names of the recipes that come with the project: `mini`, and `high-resolution/mini` for one in another's folder. */
export function recipeNames(): string[] {
  const folder = join(projectFolder(), "benchmarks");
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory())
    .flatMap((name) => [name, ...readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`)])
    .filter((name) => existsSync(join(folder, name, "recipe.json")));
}
