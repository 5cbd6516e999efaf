// What the commands share: values of flags, and what they select.

import { accessSync, constants, mkdirSync } from "node:fs";
import { createEngine, type Engine, type EngineName } from "@dit-bench/compiler";
import { BenchError, isRecipeSetting, loadRecipe, type Recipe } from "@dit-bench/runner";

/** Before a setting at a recipe's top, which without it would be an option of the method: `recipe.base`. */
const TOP = "recipe.";

/** `key=value` flags, divided into settings of the recipe (dotted) and options of the method. Values are JSON where they can be. */
export function parseSettings(flags: readonly string[]): {
  recipe: Record<string, unknown>;
  method: Record<string, unknown>;
} {
  const parsed = { recipe: {} as Record<string, unknown>, method: {} as Record<string, unknown> };
  for (const flag of flags) {
    const at = flag.indexOf("=");
    if (at < 1) throw new BenchError("usage", `--set ${flag}: wanted key=value, such as --set rank=16`);
    const key = flag.slice(0, at);
    const text = flag.slice(at + 1);
    if (key.startsWith(TOP)) parsed.recipe[key.slice(TOP.length)] = json(text);
    else (isRecipeSetting(key) ? parsed.recipe : parsed.method)[key] = json(text);
  }
  return parsed;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function wholeNumber(flag: string, text: string, least: number): number {
  const n = Number(text);
  if (!(Number.isSafeInteger(n) && n >= least))
    throw new BenchError("usage", `--${flag} ${text}: wanted a whole number of at least ${least}`);
  return n;
}

/** The engine of `--engine` and `--threads`. Throws BenchError (usage) for one that is not known or not here. */
export async function startEngine({ engine, threads }: { engine: string; threads?: string }): Promise<Engine> {
  const wanted = threads === undefined ? {} : { threads: wholeNumber("threads", threads, 1) };
  try {
    return await createEngine(engine as EngineName, wanted);
  } catch (error) {
    throw new BenchError("usage", (error as Error).message, { cause: error });
  }
}

/** The same; says which it is where the choice was left to the program, and what was passed over. */
export async function engineOf(
  options: { engine: string; threads?: string },
  note: (text: string) => void,
): Promise<Engine> {
  const engine = await startEngine(options);
  if (!engine.reason) return engine;
  const where = engine.adapter ? ` on ${engine.adapter}` : `, ${counted(engine.threads, "thread")}`;
  const why = engine.reason === `${engine.name} works` ? "" : ` (${engine.reason})`;
  note(`engine ${engine.name}${where}${why}`);
  return engine;
}

/** 1, "record" -> "1 record"; 2 -> "2 records" */
export const counted = (n: number, what: string): string =>
  `${n.toLocaleString("en")} ${what}${n === 1 ? "" : what.endsWith("s") ? "es" : "s"}`;

/** Makes a folder that is to be written to before the long work, so that what is wrong with it is told then. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new BenchError(
      "io",
      `the folder ${folder} cannot be made or written to (${(error as Error).message}); choose another with --output`,
      { cause: error },
    );
  }
}

export function recipeOf(options: { recipe: string; set: readonly string[] }): {
  recipe: Recipe;
  methodOptions: Record<string, unknown>;
} {
  const { recipe: changes, method } = parseSettings(options.set);
  return { recipe: loadRecipe(options.recipe, changes), methodOptions: method };
}
