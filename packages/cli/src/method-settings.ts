// Reads the values of `--set key=value`. Each one changes the recipe, or is an option of the methods that have it. All
// are checked before the first run.

import { type AnyMethod, describeOptions, parseOptions, z } from "@dit-bench/method";
import { BenchError, recipeSections, recipeSettings } from "@dit-bench/runner";
import { closestName } from "@dit-bench/text";

export interface Settings {
  /** Changes of the recipe, by dotted path. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** The values of `--set` that change the recipe. */
  readonly recipeFlags: readonly string[];
  /** The options of the chosen methods, by the name of the method. */
  readonly methods: ReadonlyMap<string, MethodSettings>;
}

interface MethodSettings {
  readonly options: Record<string, unknown>;
  /** Values of `--set` that set these options for this method alone. */
  readonly flags: readonly string[];
}

/** Prefix of a setting at the recipe's top level, which would otherwise be an option of a method: `recipe.base`. */
const recipePrefix = "recipe.";

/**
 * Divides values of `--set` into settings of the recipe and options of methods. `rank=16` goes to every chosen method
 * that has the option `rank`, `lora.rank=16` to lora alone. A value that is valid JSON is read as JSON, and any
 * other value as text. Throws BenchError (usage) for a key that neither the recipe nor a chosen method has, and
 * MethodError for a value that a method refuses.
 *
 * @param known all methods, to explain keys of those that were not chosen
 */
export function divideSettings(
  flags: readonly string[],
  chosen: readonly AnyMethod[],
  known: readonly AnyMethod[],
): Settings {
  const recipe: Record<string, unknown> = {};
  const recipeFlags: string[] = [];
  const methods = new Map(
    chosen.map(({ name }) => [name, { options: {} as Record<string, unknown>, flags: [] as string[] }]),
  );
  for (const flag of flags) {
    const { key, value, text } = parseFlag(flag);
    if (isRecipeSetting(key)) {
      refuseLearningRate(flag, key, value, chosen);
      recipe[key.startsWith(recipePrefix) ? key.slice(recipePrefix.length) : key] = value;
      recipeFlags.push(flag);
      continue;
    }
    const { option, takers } = findTakers(flag, key, value, chosen, known);
    for (const { name } of takers) {
      const own = methods.get(name)!;
      own.options[option] = value;
      own.flags.push(`${option}=${text}`);
    }
  }
  for (const method of chosen) parseOptions(method, methods.get(method.name)!.options);
  return { recipe, recipeFlags, methods };
}

/**
 * The changes of the recipe with the value of `--held-out`. Throws BenchError (usage) if `--set` has another value of
 * that setting.
 */
export function withHeldOut(recipe: Settings["recipe"], heldOut: number | undefined): Settings["recipe"] {
  const key = "data.heldOut";
  if (heldOut === undefined) return recipe;
  if (Object.hasOwn(recipe, key) && recipe[key] !== heldOut)
    throw new BenchError(
      "usage",
      `--held-out ${heldOut} and --set ${key}=${recipe[key]} are the same setting with two values; give one`,
    );
  return { ...recipe, [key]: heldOut };
}

function parseFlag(flag: string): { key: string; value: unknown; text: string } {
  const at = flag.indexOf("=");
  if (at < 0) throw new BenchError("usage", `--set ${flag} has no '='; wanted key=value, such as rank=16`);
  const key = flag.slice(0, at).trim();
  const text = flag.slice(at + 1).trim();
  if (key === "" || text === "")
    throw new BenchError(
      "usage",
      `--set ${flag} has no ${key === "" ? "key" : "value"}; wanted key=value, such as rank=16`,
    );
  try {
    return { key, text, value: JSON.parse(text) };
  } catch {
    return { key, text, value: text };
  }
}

/**
 * Throws BenchError (usage) for `training.learningRate`. The usual message would suggest the closest name,
 * learningRateScale, which is a factor and not a rate.
 */
function refuseLearningRate(flag: string, key: string, value: unknown, chosen: readonly AnyMethod[]): void {
  if (recipeSettings().includes(key) || !isRate(key.split(".").at(-1)!)) return;
  throw new BenchError(
    "usage",
    `--set ${flag}: the recipe has no setting '${key}'; ${describeRateScale(value, chosen)}`,
  );
}

const isRecipeSetting = (key: string): boolean =>
  key.startsWith(recipePrefix) || (recipeSections().includes(key.split(".")[0]!) && key.includes("."));

function findTakers(
  flag: string,
  key: string,
  value: unknown,
  chosen: readonly AnyMethod[],
  known: readonly AnyMethod[],
): { option: string; takers: readonly AnyMethod[] } {
  const at = key.indexOf(".");
  const option = key.slice(at + 1);
  const methodOfKey = at < 0 ? undefined : known.find(({ name }) => name === key.slice(0, at));
  if (at >= 0 && methodOfKey === undefined) throw unknownKey(flag, key, chosen);
  if (methodOfKey && !chosen.includes(methodOfKey))
    throw new BenchError(
      "usage",
      `--set ${flag}: ${methodOfKey.name} is not among the methods of this command (${namesOf(chosen)}); ` +
        "leave it out, or add the method",
    );
  const takers = (methodOfKey ? [methodOfKey] : chosen).filter((method) => hasOption(method, option));
  if (takers.length > 0) return { option, takers };
  const others = methodOfKey ? [] : known.filter((method) => hasOption(method, option));
  if (others.length > 0)
    throw new BenchError(
      "usage",
      `--set ${flag}: ${namesOf(chosen)} ${chosen.length === 1 ? "has" : "have"} no option '${option}'; ` +
        `it is an option of ${namesOf(others)}`,
    );
  throw unknownKey(flag, option, methodOfKey ? [methodOfKey] : chosen, value);
}

/** Names of settings in other training programs, in lower-case letters, with the names used here. */
const synonyms: Readonly<Record<string, string>> = {
  epochs: "training.steps",
  maxsteps: "training.steps",
  maxtrainsteps: "training.steps",
  iterations: "training.steps",
  batchsize: "training.batch",
  trainbatchsize: "training.batch",
  guidancescale: "sampling.guidance",
  cfg: "sampling.guidance",
  cfgscale: "sampling.guidance",
  samplingsteps: "sampling.respacing",
  numsamples: "sampling.images",
  r: "rank",
  lorarank: "rank",
};

const lettersOf = (key: string): string => key.toLowerCase().replaceAll(/[^a-z]/g, "");
const isRate = (key: string): boolean => ["lr", "learningrate"].includes(lettersOf(key));

function unknownKey(flag: string, key: string, methods: readonly AnyMethod[], value?: unknown): BenchError {
  const letters = lettersOf(key);
  const problem = `--set ${flag}: ${namesOf(methods)} ${methods.length === 1 ? "has" : "have"} no option '${key}'`;
  if (isRate(key)) return new BenchError("usage", `${problem}; ${describeRateScale(value, methods)}`);
  const settings = recipeSettings().filter((path) => !path.startsWith("pretraining."));
  const lastParts = new Map(settings.toReversed().map((path) => [path.split(".").at(-1)!.toLowerCase(), path]));
  const options = methods.flatMap((method) => optionsOf(method).names);
  const suggestion =
    (Object.hasOwn(synonyms, letters) ? synonyms[letters] : undefined) ??
    closestName(key, options) ??
    lastParts.get(letters) ??
    closestName(key, settings) ??
    lastParts.get(closestName(key, lastParts.keys()) ?? "");
  const optionLists = methods.map((method) => `${method.name} (${describeOptions(method)})`).join(", ");
  return new BenchError(
    "usage",
    `${problem}; ${suggestion ? `did you mean '${suggestion}'? ` : ""}options: ${optionLists}; ` +
      "settings of the recipe have a dot, such as training.steps",
  );
}

/** Describes the setting that scales the learning rate, with the value that gives the requested rate. */
function describeRateScale(value: unknown, methods: readonly AnyMethod[]): string {
  const scales = methods.map(({ name, learningRate }) => {
    const scale = typeof value === "number" && value > 0 ? Number((value / learningRate).toPrecision(4)) : undefined;
    const advice = scale === undefined ? "" : `, so it would be --set training.learningRateScale=${scale}`;
    return `${name}'s published rate is ${learningRate}${advice}`;
  });
  return `training.learningRateScale multiplies the published learning rate: ${scales.join(", ")}`;
}

const namesOf = (methods: readonly AnyMethod[]): string => methods.map(({ name }) => name).join(", ");

const hasOption = (method: AnyMethod, option: string): boolean => {
  const { names, open } = optionsOf(method);
  return open || names.includes(option);
};

/** Returns the names of the options in a method's schema. `open`: the method takes any other name, too. */
function optionsOf(method: AnyMethod): { readonly names: readonly string[]; readonly open: boolean } {
  const { properties = {}, additionalProperties } = z.toJSONSchema(method.options, { io: "input" }) as {
    properties?: Record<string, unknown>;
    additionalProperties?: unknown;
  };
  return { names: Object.keys(properties), open: typeof additionalProperties === "object" };
}
