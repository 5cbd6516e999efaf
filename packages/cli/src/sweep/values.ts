// The values that a sweep tries: those of `--values key=v1,v2`, or multiples of each method's learning rate.

import { type AnyMethod, parseOptions } from "@dit-bench/method";
import type { OptionValue } from "@dit-bench/record";
import { BenchError, checkFit, defaultLearningRate, ownLearningRate, type Recipe } from "@dit-bench/runner";
import {
  checkRate,
  findTarget,
  type MethodSettings,
  parseValue,
  rateKey,
  rateName,
  splitSetting,
} from "../method-settings.ts";

/** The default values are these multiples of a method's rate: round steps of about √10 over two powers of ten. */
export const defaultFactors: readonly string[] = ["0.1x", "0.3x", "1x", "3x", "10x"];

/** The values of one option of one method, as they were given. */
export interface ValueList {
  /** The flag with its value, for errors. */
  readonly given: string;
  /** Name of the option; `rateKey` for the learning rate. */
  readonly option: string;
  readonly values: readonly unknown[];
}

/**
 * Reads `--values`: one list for each chosen method. Without flags, each method gets the default multiples of its rate.
 * Throws BenchError (usage) for a setting of the recipe, and for a method without a list or with two.
 *
 * @param known all methods, to explain keys of those that were not chosen
 */
export function readValueLists(
  flags: readonly string[],
  chosen: readonly AnyMethod[],
  known: readonly AnyMethod[],
): ReadonlyMap<string, ValueList> {
  const lists = new Map<string, ValueList>();
  for (const flag of flags.length > 0 ? flags : [`${rateKey}=${defaultFactors.join(",")}`]) {
    const given = `--values ${flag}`;
    const { key, text } = splitSetting(given, flag);
    const target = findTarget(given, key, chosen, known);
    if (target.kind === "recipe")
      throw new BenchError(
        "usage",
        `${given}: '${target.path}' is a setting of the recipe, and runs with different settings are not compared; ` +
          `sweep ${rateName} or an option of the methods`,
      );
    for (const { method, option } of target.options) {
      const other = lists.get(method.name);
      if (other)
        throw new BenchError(
          "usage",
          `${given}: ${method.name} also has ${other.given}; sweep one option of a method, ` +
            "then set it with --set and sweep the next",
        );
      lists.set(method.name, { given, option, values: splitValues(text) });
    }
  }
  const without = chosen.find(({ name }) => !lists.has(name));
  if (without)
    throw new BenchError(
      "usage",
      `${without.name} has no --values; give it some, such as --values ${without.name}.${rateName}=0.3x,1x,3x, ` +
        "or leave the method out",
    );
  return lists;
}

/** Splits `4,8,16`. A JSON array is taken as it is, for values with commas: `["blocks.{0,1}.**"]`. */
function splitValues(text: string): unknown[] {
  const array = parseValue(text);
  return Array.isArray(array) ? array : text.split(",").map((part) => parseValue(part.trim()));
}

export interface CheckedValues {
  /** The values, in ascending order if all are numbers. */
  readonly values: readonly OptionValue[];
  /** The value of a run that does not set the option; null if the option has none. */
  readonly default: OptionValue;
}

/**
 * Checks the values of a list. Throws BenchError (usage) for fewer than two values, equal values, a wrong rate and an
 * option that `--set` gives, too; MethodError for a value that the method refuses, also for this recipe's model alone.
 */
export function checkValues(
  { given, option, values }: ValueList,
  method: AnyMethod,
  recipe: Recipe,
  settings: MethodSettings,
): CheckedValues {
  const isGiven = option === rateKey ? settings.learningRate !== undefined : Object.hasOwn(settings.options, option);
  if (isGiven)
    throw new BenchError("usage", `${given}: --set gives '${option}' of ${method.name}, too; leave one of them out`);
  if (values.includes("")) throw new BenchError("usage", `${given} has an empty value; wanted values between commas`);
  const checked =
    option === rateKey
      ? values.map((value) => readRate(given, value, method, recipe))
      : values.map((value) => {
          const options = { ...settings.options, [option]: value };
          checkFit(recipe, method, options);
          return parsedOption(method, options, option);
        });
  const texts = checked.map((value) => JSON.stringify(value));
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  if (repeated !== undefined)
    throw new BenchError("usage", `${given} gives ${method.name} the value ${repeated} twice; give each value once`);
  if (checked.length < 2)
    throw new BenchError("usage", `${given} has one value; wanted at least two, separated by commas`);
  return {
    values: checked.every((value) => typeof value === "number") ? checked.sort((a, b) => a - b) : checked,
    default: option === rateKey ? defaultRate(method, recipe) : parsedOption(method, settings.options, option),
  };
}

/** The option's value after the method's schema has read it. */
function parsedOption(method: AnyMethod, options: Readonly<Record<string, unknown>>, option: string): OptionValue {
  const parsed = parseOptions(method, options) as Readonly<Record<string, OptionValue>>;
  return parsed[option] ?? null;
}

/** The default rate without the rounding of its multiplication: 0.003 instead of 0.0029999999999999996. */
export function defaultRate(method: AnyMethod, recipe: Recipe): number {
  const usual = defaultLearningRate(method, recipe);
  const rounded = Number(usual.toPrecision(12));
  return ownLearningRate(method, recipe, rounded) === undefined ? rounded : usual;
}

/** Reads a rate such as `0.003`, or a multiple of the method's default such as `3x`. The default itself is `1x`. */
function readRate(given: string, value: unknown, method: AnyMethod, recipe: Recipe): number {
  const factor = typeof value === "string" && /^[\d.e+-]+x$/.test(value) ? Number(value.slice(0, -1)) : Number.NaN;
  const usual = defaultRate(method, recipe);
  // Six digits: a third of 0.01 is 0.00333333.
  const multiple = (times: number) => (times === 1 ? usual : Number((times * usual).toPrecision(6)));
  const rate = checkRate(given, Number.isNaN(factor) ? value : multiple(checkRate(given, factor)));
  return ownLearningRate(method, recipe, rate) ?? usual;
}
