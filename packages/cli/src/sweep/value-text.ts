// Options and values of a sweep in sentences, for `bench sweep` and for the runs with its values.

import type { OptionValue, SweptMethod } from "@dit-bench/record";
import { quantity } from "@dit-bench/text";
import { rateKey, rateName } from "../method-settings.ts";

/** The option in a sentence: `learning rate`, or the name of an option of a method. */
export const optionTitle = (option: string): string => (option === rateKey ? "learning rate" : option);

/** A value in a sentence: JSON, and texts without quotes. */
export const formatValue = (value: OptionValue): string => (typeof value === "string" ? value : JSON.stringify(value));

/** An option with its value: `learning rate 0.003`. */
export const formatChoice = (option: string, value: OptionValue): string =>
  `${optionTitle(option)} ${formatValue(value)}`;

/** The key of `--set` and `--values` for the option of this method alone: `lora.learningRate`. */
export const optionKey = ({ method, option }: Pick<SweptMethod, "method" | "option">): string =>
  `${method}.${option === rateKey ? rateName : option}`;

/** The flag that names other values for a method. */
export const valuesFlag = (swept: Pick<SweptMethod, "method" | "option">): string => `--values ${optionKey(swept)}=…`;

/**
 * What a chosen value at an edge of its list may miss; undefined for a value between others.
 *
 * @param list names the values that were tried
 */
export function edgeText({ edge, values }: SweptMethod, list = quantity(values.length, "value")): string | undefined {
  if (edge === undefined) return undefined;
  return `the ${edge} of ${list}; ${edge === "lowest" ? "lower" : "higher"} ones may be better`;
}

/** What to do about a method for which nothing was chosen. @param fault the message of a run that would fail again */
export function remedyFor(swept: SweptMethod, fault?: string): string {
  const runs = swept.values.flatMap((tried) => tried.runs);
  if (runs.some(({ exit }) => exit === "missing"))
    return fault === undefined
      ? "run the same sweep again: it runs those that are missing and no others"
      : `fix this first, since the same sweep would fail again: ${fault}`;
  const which = swept.option === rateKey ? "lower" : "other";
  return `sweep it again with ${which} values: ${valuesFlag(swept)}`;
}
