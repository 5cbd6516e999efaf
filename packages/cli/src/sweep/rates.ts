// Runs with the values that a sweep chose: `--rates sweep.json` of `bench run` and `bench grid`.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { replaceFile } from "@dit-bench/files";
import { type AnyMethod, parseOptions } from "@dit-bench/method";
import { type OptionValue, readSweep, type SweepFile, type SweptMethod, type Tuning } from "@dit-bench/record";
import { BenchError, checkFit, ownLearningRate, type Recipe, usedLearningRate } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import { type MethodSettings, rateKey, rateName } from "../method-settings.ts";
import { edgeText, formatChoice, formatValue, remedyFor } from "./value-text.ts";
import { defaultRate } from "./values.ts";

/** A sweep.json, with its path for messages. */
export interface Rates extends SweepFile {
  readonly path: string;
}

/** Reads the file. Throws RecordError if it is no sweep, and BenchError (usage) if one of the seeds is the sweep's. */
export async function readRates(path: string, seeds: readonly number[]): Promise<Rates> {
  const file = await readSweep(path);
  const { seed } = file.sweep;
  if (seeds.includes(seed))
    throw new BenchError(
      "usage",
      `--rates ${path}: its values were chosen by the runs of seed ${seed}, so that seed cannot be a result, too; ` +
        "run other seeds, or sweep with another --seed",
    );
  return { ...file, path };
}

/** Where `keepRates` writes the copy. It is in the command lines of cells, by which the jobs of a cluster are known. */
export const keptRates = ({ digest }: Pick<Rates, "digest">, folder: string): string =>
  join(folder, `rates-${digest.slice(0, 12)}.json`);

/**
 * Copies the file for the cells of a grid, which read it when they start: if the file changes meanwhile, all cells
 * still have the same values. Throws BenchError (usage) if it has changed since it was checked.
 *
 * @returns the path of the copy, whose name follows from the content
 */
export async function keepRates({ path, digest }: Pick<Rates, "path" | "digest">, folder: string): Promise<string> {
  const bytes = await readFile(path);
  if (createHash("sha256").update(bytes).digest("hex") !== digest)
    throw new BenchError("usage", `--rates ${path}: it changed while the grid was prepared; run the command again`);
  const copy = keptRates({ digest }, folder);
  await replaceFile(copy, bytes);
  return copy;
}

export interface TunedMethod extends Pick<MethodSettings, "options" | "learningRate"> {
  /** For the record; undefined if the chosen value is the default, since the run is then the one without a sweep. */
  readonly tuning?: Tuning;
  /** What runs, in a line for the user. */
  readonly description: string;
}

/**
 * The settings of a method with its chosen value. Throws BenchError (usage) if the sweep has another recipe, has not
 * tuned this method, or tuned it with other options; MethodError if the method refuses the value.
 *
 * @param known all methods that are loaded, for the list of those whose default value was the best
 */
export function tuneMethod(
  rates: Rates,
  method: AnyMethod,
  recipe: Recipe,
  settings: MethodSettings,
  known: readonly AnyMethod[],
): TunedMethod {
  const { sweep, path } = rates;
  const problem = (text: string) => new BenchError("usage", `--rates ${path}: ${text}`);
  if (sweep.recipe !== recipe.settings.name)
    throw problem(`it is a sweep of recipe '${sweep.recipe}', not of '${recipe.settings.name}'; sweep this recipe`);
  const swept = sweep.methods.find((one) => one.method === method.name);
  if (swept === undefined)
    throw problem(`it has no method '${method.name}'; sweep it, too, or leave it out with --methods`);
  if (swept.chosen === undefined)
    throw problem(
      `it chose nothing for ${method.name} (${swept.problem}); ${remedyFor(swept)}; ` +
        "or leave the method out with --methods",
    );
  requireEqualSettings(swept, method, recipe, settings, problem);
  const description = describeChoice(swept, swept.chosen, method, recipe);
  if (isDefaultHere(swept, method, recipe)) return { ...settings, description };
  const { option } = swept;
  const { value } = swept.chosen;
  const options = option === rateKey ? settings.options : { ...settings.options, [option]: value };
  if (option !== rateKey) checkFit(recipe, method, options);
  return {
    options,
    ...(option === rateKey ? { learningRate: value as number } : pickRate(settings)),
    tuning: tuningOf(rates, swept, recipe, known),
    description,
  };
}

/**
 * Whether the chosen value is the default of a run with this recipe. The default of the sweep's runs may have been
 * another: the recipe's factor `training.learningRateScale` may differ.
 */
function isDefaultHere(swept: SweptMethod, method: AnyMethod, recipe: Recipe): boolean {
  if (swept.chosen === undefined) return false;
  const { value } = swept.chosen;
  if (swept.option === rateKey) return ownLearningRate(method, recipe, value as number) === undefined;
  return isDeepStrictEqual(defaultOf(swept, method, recipe), value);
}

/** The value of a run with this recipe that does not set the swept option. */
function defaultOf({ option, options }: SweptMethod, method: AnyMethod, recipe: Recipe): OptionValue {
  if (option === rateKey) return defaultRate(method, recipe);
  return (parseOptions(method, options) as Record<string, OptionValue>)[option] ?? null;
}

/** The value, how it was chosen, and whether a run without the sweep would have it. */
function describeChoice(
  swept: SweptMethod,
  { value, isDefault }: NonNullable<SweptMethod["chosen"]>,
  method: AnyMethod,
  recipe: Recipe,
): string {
  const { option, values } = swept;
  const what = `${method.name}: ${formatChoice(option, value)}`;
  const best = `the best of ${quantity(values.length, "value")}`;
  const edge = edgeText(swept, "them");
  const remarks = [
    ...(isDefault && !isDefaultHere(swept, method, recipe)
      ? [`it was the default of the sweep, that of these runs is ${formatValue(defaultOf(swept, method, recipe))}`]
      : []),
    ...(edge === undefined ? [] : [`it is ${edge}`]),
  ];
  const choice = isDefaultHere(swept, method, recipe)
    ? `${what}, the default, was ${best}: runs without change`
    : `${what}, ${best}`;
  return [choice, ...remarks].join("; ");
}

const pickRate = ({ learningRate }: MethodSettings) => (learningRate === undefined ? {} : { learningRate });

/** The values hold for the options that they were chosen with. */
function requireEqualSettings(
  { option, options, learningRate }: SweptMethod,
  method: AnyMethod,
  recipe: Recipe,
  settings: MethodSettings,
  problem: (text: string) => BenchError,
): void {
  const isGiven = option === rateKey ? settings.learningRate !== undefined : Object.hasOwn(settings.options, option);
  if (isGiven) throw problem(`it sets '${option}' of ${method.name}, and so does --set; leave one of them out`);
  const { [option]: _swept, ...others } = parseOptions(method, settings.options) as Record<string, unknown>;
  if (!isDeepStrictEqual(others, options))
    throw problem(
      `it tuned ${method.name} with the options ${JSON.stringify(options)}, this command has ` +
        `${JSON.stringify(others)}; give the same --set as to the sweep`,
    );
  const rate = usedLearningRate(method, recipe, settings.learningRate);
  if (learningRate !== undefined && rate !== learningRate)
    throw problem(
      `it tuned ${method.name} at the learning rate ${learningRate}, this command has ${rate}; ` +
        `give --set ${method.name}.${rateName}=${learningRate}`,
    );
}

function tuningOf(
  { sweep, digest }: Rates,
  { option, values, runs }: SweptMethod,
  recipe: Recipe,
  known: readonly AnyMethod[],
): Tuning {
  return {
    option,
    values: values.map(({ value }) => value),
    runs,
    datasets: sweep.datasets.map(({ name }) => name),
    seed: sweep.seed,
    criterion: sweep.criterion,
    protocol: sweep.protocol,
    sweep: digest,
    defaultIsBest: sweep.methods
      .filter((swept) => ranAsDefault(swept, sweep.protocol, recipe, known))
      .map(({ method, label, runs }) => ({ method, label, runs })),
  };
}

/**
 * Whether the runs of this method are those without a sweep, because its default value was the best. It is in the
 * record of every tuned method, and a cell loads no plug-in of another method: so of plug-ins it is known for the
 * sweep's own settings only, whether they are loaded or not.
 */
function ranAsDefault(swept: SweptMethod, protocol: string, recipe: Recipe, known: readonly AnyMethod[]): boolean {
  const builtIn = known.find(({ name, plugin }) => name === swept.method && plugin === undefined);
  if (builtIn !== undefined) return isDefaultHere(swept, builtIn, recipe);
  return swept.chosen?.isDefault === true && protocol === recipe.protocol;
}

/** A note if the sweep's runs were made with other settings of the recipe; undefined if they have this protocol. */
export function protocolNote({ sweep, path }: Rates, { protocol }: Recipe): string | undefined {
  if (sweep.protocol === protocol) return undefined;
  return `--rates ${path}: its values were chosen under protocol ${sweep.protocol}; these runs have ${protocol}`;
}
