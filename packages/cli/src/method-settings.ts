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

export interface MethodSettings {
  readonly options: Record<string, unknown>;
  /** The learning rate of this method's runs, if `--set` gives one. */
  readonly learningRate?: number;
  /** Values of `--set` that set these options for this method alone. */
  readonly flags: readonly string[];
}

/** MethodSettings while the flags are read. */
interface GrowingSettings {
  readonly options: Record<string, unknown>;
  learningRate?: number;
  readonly flags: string[];
}

/** What a key of `--set` names: a setting of the recipe, or an option of some of the chosen methods. */
export type Target =
  | { readonly kind: "recipe"; readonly path: string }
  | { readonly kind: "options"; readonly options: readonly MethodOption[] };

export interface MethodOption {
  readonly method: AnyMethod;
  /** Name of the option; `rateKey` for the learning rate of the run, which every method has. */
  readonly option: string;
}

/** Prefix of a setting at the recipe's top level, which would otherwise be an option of a method: `recipe.base`. */
const recipePrefix = "recipe.";
/** The short name of the learning rate of a run. A method may have an option of the same name. */
export const rateName = "learningRate";
/** The full name of the learning rate of a run: no option of a method has a dot. In records it is a field's path. */
export const rateKey = `training.${rateName}`;

/**
 * Divides values of `--set` into settings of the recipe and options of methods. `rank=16` goes to every chosen method
 * that has the option `rank`, `lora.rank=16` to lora alone; every method has `learningRate`. A value that is valid JSON
 * is read as JSON, and any other value as text. Throws BenchError (usage) for a key that neither the recipe nor a
 * chosen method has, and MethodError for a value that a method refuses.
 *
 * @param known all methods, to explain keys of those that were not chosen
 */
export function divideSettings(
  flags: readonly string[],
  chosen: readonly AnyMethod[],
  known: readonly AnyMethod[],
): Settings {
  const settings = readSettings(flags, chosen, known);
  for (const method of chosen) parseOptions(method, settings.methods.get(method.name)!.options);
  return settings;
}

/** `divideSettings` without the checks of the methods, whose code may loop or end the process. */
export function readSettings(
  flags: readonly string[],
  chosen: readonly AnyMethod[],
  known: readonly AnyMethod[],
): Settings {
  const recipe: Record<string, unknown> = {};
  const recipeFlags: string[] = [];
  const methods = new Map(chosen.map(({ name }): [string, GrowingSettings] => [name, { options: {}, flags: [] }]));
  for (const flag of flags) {
    const given = `--set ${flag}`;
    const { key, text } = splitSetting(given, flag);
    const value = parseValue(text);
    const target = findTarget(given, key, chosen, known);
    if (target.kind === "recipe") {
      recipe[target.path] = value;
      recipeFlags.push(flag);
      continue;
    }
    for (const { method, option } of target.options) {
      const own = methods.get(method.name)!;
      if (option === rateKey) own.learningRate = checkRate(given, value);
      else own.options[option] = value;
      own.flags.push(`${option}=${text}`);
    }
  }
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

/** Splits `key=text`. @param given the flag with its value, for errors */
export function splitSetting(given: string, setting: string): { key: string; text: string } {
  const at = setting.indexOf("=");
  if (at < 0) throw new BenchError("usage", `${given} has no '='; wanted key=value, such as rank=16`);
  const key = setting.slice(0, at).trim();
  const text = setting.slice(at + 1).trim();
  if (key === "" || text === "")
    throw new BenchError("usage", `${given} has no ${key === "" ? "key" : "value"}; wanted key=value, such as rank=16`);
  return { key, text };
}

/** Reads a value as JSON, or as text if it is not JSON. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Throws BenchError (usage) unless the value is a positive number. */
export function checkRate(given: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  throw new BenchError(
    "usage",
    `${given}: ${JSON.stringify(value)} is no learning rate; wanted a number above 0, such as 0.001`,
  );
}

/** Every key of `--set` that the recipe and these methods have: `learningRate`, `lora.rank`, `training.steps`. */
export const settingKeys = (methods: readonly AnyMethod[]): string[] => [
  rateName,
  ...methods.flatMap((method) => optionsOf(method).names.map((option) => `${method.name}.${option}`)),
  ...settableSettings(),
];

/** Settings of the recipe that a run uses. */
const settableSettings = (): string[] => recipeSettings().filter((path) => !path.startsWith("pretraining."));

const isRecipeSetting = (key: string): boolean =>
  key.startsWith(recipePrefix) || (recipeSections().includes(key.split(".")[0]!) && key.includes("."));

/**
 * Finds what a key names. Throws BenchError (usage) for a key that neither the recipe nor a chosen method has.
 *
 * @param given the flag with its value, for errors
 */
export function findTarget(
  given: string,
  key: string,
  chosen: readonly AnyMethod[],
  known: readonly AnyMethod[],
): Target {
  const path = key.startsWith(recipePrefix) ? key.slice(recipePrefix.length) : key;
  if (isRateKey(path)) return { kind: "options", options: chosen.map((method) => ({ method, option: rateKey })) };
  if (isRecipeSetting(key)) return { kind: "recipe", path };
  return { kind: "options", options: findOptions(given, key, chosen, known) };
}

function findOptions(
  given: string,
  key: string,
  chosen: readonly AnyMethod[],
  known: readonly AnyMethod[],
): readonly MethodOption[] {
  const at = key.indexOf(".");
  const option = key.slice(at + 1);
  const methodOfKey = at < 0 ? undefined : known.find(({ name }) => name === key.slice(0, at));
  if (at >= 0 && methodOfKey === undefined) throw unknownKey(given, key, chosen);
  if (methodOfKey && !chosen.includes(methodOfKey))
    throw new BenchError(
      "usage",
      `${given}: ${methodOfKey.name} is not among the methods of this command (${namesOf(chosen)}); ` +
        "leave it out, or add the method",
    );
  const candidates = methodOfKey ? [methodOfKey] : chosen;
  if (isRate(option))
    return candidates.map((method) => ({
      method,
      option: optionsOf(method).names.includes(option) ? option : rateKey,
    }));
  const takers = candidates.filter((method) => hasOption(method, option));
  if (takers.length > 0) return takers.map((method) => ({ method, option }));
  const others = methodOfKey ? [] : known.filter((method) => hasOption(method, option));
  if (others.length > 0)
    throw new BenchError(
      "usage",
      `${given}: ${namesOf(chosen)} ${chosen.length === 1 ? "has" : "have"} no option '${option}'; ` +
        `it is an option of ${namesOf(others)}`,
    );
  throw unknownKey(given, option, candidates);
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
const isRate = (name: string): boolean => ["lr", "learningrate"].includes(lettersOf(name));
/** True for `training.learningRate`, `training.lr` and other spellings. */
const isRateKey = (path: string): boolean => path.startsWith("training.") && isRate(path.slice("training.".length));

function unknownKey(given: string, key: string, methods: readonly AnyMethod[]): BenchError {
  const letters = lettersOf(key);
  const problem = `${given}: ${namesOf(methods)} ${methods.length === 1 ? "has" : "have"} no option '${key}'`;
  const settings = settableSettings();
  const lastParts = new Map(settings.toReversed().map((path) => [path.split(".").at(-1)!.toLowerCase(), path]));
  const options = [...methods.flatMap((method) => optionsOf(method).names), rateName];
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
      `every method has ${rateName}; settings of the recipe have a dot, such as training.steps`,
  );
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
