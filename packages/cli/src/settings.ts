// What the commands share: values of flags, and what they select.

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

/** The engine of `--engine` and `--threads`; says why where the choice was left to the program. */
export async function engineOf(
  options: { engine: string; threads?: string },
  note: (text: string) => void,
): Promise<Engine> {
  const engine = await createEngine(
    options.engine as EngineName,
    options.threads ? { threads: wholeNumber("threads", options.threads, 1) } : {},
  );
  const where = engine.adapter ? ` on ${engine.adapter}` : "";
  if (engine.reason) note(`engine ${engine.name}${where} (${engine.reason})`);
  return engine;
}

export function recipeOf(options: { recipe: string; set: readonly string[] }): {
  recipe: Recipe;
  methodOptions: Record<string, unknown>;
} {
  const { recipe: changes, method } = parseSettings(options.set);
  return { recipe: loadRecipe(options.recipe, changes), methodOptions: method };
}
