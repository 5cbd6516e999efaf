// Runs with the values that a sweep chose: `--rates sweep.json` of `bench run` and `bench grid`.

import { isDeepStrictEqual } from "node:util";
import { type AnyMethod, parseOptions } from "@dit-bench/method";
import { type OptionValue, readSweep, type SweepFile, type SweptMethod, type Tuning } from "@dit-bench/record";
import { BenchError, checkFit, type Recipe, usedLearningRate } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import { type MethodSettings, rateKey, rateName } from "../method-settings.ts";

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

export interface TunedMethod extends Pick<MethodSettings, "options" | "learningRate"> {
  /** For the record; undefined if the default value was chosen, since the run is then the one without a sweep. */
  readonly tuning?: Tuning;
  /** What runs, in a line for the user. */
  readonly description: string;
}

/**
 * The settings of a method with its chosen value. Throws BenchError (usage) if the sweep has another recipe, has not
 * tuned this method, or tuned it with other options; MethodError if the method refuses the value.
 */
export function tuneMethod(rates: Rates, method: AnyMethod, recipe: Recipe, settings: MethodSettings): TunedMethod {
  const { sweep, path } = rates;
  const problem = (text: string) => new BenchError("usage", `--rates ${path}: ${text}`);
  if (sweep.recipe !== recipe.settings.name)
    throw problem(`it is a sweep of recipe '${sweep.recipe}', not of '${recipe.settings.name}'; sweep this recipe`);
  const swept = sweep.methods.find((one) => one.method === method.name);
  if (swept === undefined)
    throw problem(`it has no method '${method.name}'; sweep it, too, or leave it out with --methods`);
  if (swept.chosen === undefined)
    throw problem(`it chose nothing for ${method.name} (${swept.problem}); ${adviceWithout(swept)}`);
  requireEqualSettings(swept, method, recipe, settings, problem);
  const { option, values } = swept;
  const { value, isDefault } = swept.chosen;
  const best = `the best of ${quantity(values.length, "value")}`;
  const what = `${method.name}: ${optionTitle(option)} ${formatValue(value)}`;
  if (isDefault) return { ...settings, description: `${what}, the default, was ${best}: runs without change` };
  const options = option === rateKey ? settings.options : { ...settings.options, [option]: value };
  if (option !== rateKey) checkFit(recipe, method, options);
  return {
    options,
    ...(option === rateKey ? { learningRate: value as number } : pickRate(settings)),
    tuning: tuningOf(rates, swept),
    description: `${what}, ${best}`,
  };
}

const adviceWithout = ({ values }: SweptMethod): string =>
  values.some(({ runs }) => runs.some(({ exit }) => exit === "missing"))
    ? "run the sweep again"
    : "sweep it with other values, or leave it out with --methods";

const pickRate = ({ learningRate }: MethodSettings) => (learningRate === undefined ? {} : { learningRate });

/** The option in a sentence: `learning rate`, or the name of an option of a method. */
export const optionTitle = (option: string): string => (option === rateKey ? "learning rate" : option);

/** A value in a sentence: JSON, and texts without quotes. */
export const formatValue = (value: OptionValue): string => (typeof value === "string" ? value : JSON.stringify(value));

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

function tuningOf({ sweep, digest }: Rates, { option, values, runs }: SweptMethod): Tuning {
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
      .filter(({ chosen }) => chosen?.isDefault)
      .map(({ method, label, runs }) => ({ method, label, runs })),
  };
}

/** A note if the sweep's runs were made with other settings of the recipe; undefined if they have this protocol. */
export function protocolNote({ sweep, path }: Rates, { protocol }: Recipe): string | undefined {
  if (sweep.protocol === protocol) return undefined;
  return `--rates ${path}: its values were chosen under protocol ${sweep.protocol}; these runs have ${protocol}`;
}
