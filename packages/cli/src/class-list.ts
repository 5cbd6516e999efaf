// The value of `--classes`: classes by label or name. `bench sample --help` describes the syntax.

import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/**
 * The labels of the classes in the list. Throws BenchError (usage) for a class that does not exist or is given twice.
 *
 * @param names of the classes, in label order
 * @param lastLabel the largest label allowed: that of the null class, if the model has one
 */
export function parseClasses(text: string, names: readonly string[], lastLabel: number): number[] {
  // A name with a comma needs no quotes, unless its parts are names or labels of classes, too.
  const whole = names.indexOf(text.trim());
  const items = splitItems(text);
  if (whole >= 0 && items.length > 1 && !items.every((item) => isKnown(item, names, lastLabel))) return [whole];
  const labels = items.map((item) => labelOf(item, names, lastLabel));
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined)
    throw new BenchError(
      "usage",
      `--classes ${printable(text)}: label ${twice} is given twice; name each class once, ` +
        "and set the number of samples of each with --count",
    );
  return labels;
}

/** A label of a JSON list, or a text. */
type Item = number | string;

function splitItems(text: string): Item[] {
  if (/^\s*\[/.test(text)) {
    const items = parseJsonList(text);
    if (items) return items;
    throw new BenchError(
      "usage",
      `--classes ${printable(text)}: wanted a JSON list of names and numbers, such as '["rose", 3]'`,
    );
  }
  const items: string[] = [];
  // Either quoted as in CSV, with quotes inside doubled, or up to the next comma.
  const item = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)/y;
  for (let more = true; more; ) {
    const match = item.exec(text)!; // the second form matches anything
    items.push(match[1] === undefined ? match[2]!.trim() : match[1].replaceAll('""', '"'));
    more = match[3] === ",";
  }
  return items;
}

function parseJsonList(text: string): Item[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) &&
      value.length > 0 &&
      value.every((x) => typeof x === "string" || typeof x === "number")
      ? (value as Item[])
      : undefined;
  } catch {
    return undefined;
  }
}

/** The label of an item that is read as a name and as a number. */
interface Meaning {
  readonly byName: number | undefined;
  readonly byNumber: number | undefined;
}

function interpret(item: Item, names: readonly string[], lastLabel: number): Meaning {
  const label = (text: Item) => {
    const number = typeof text === "number" || /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return Number.isInteger(number) && number >= 0 && number <= lastLabel ? number : undefined;
  };
  const name = (text: string) => (names.includes(text) ? names.indexOf(text) : undefined);
  if (typeof item === "number") return { byName: undefined, byNumber: label(item) };
  const [, kind, rest = ""] = /^(label|name):(.*)$/s.exec(item) ?? [];
  if (names.includes(item)) return { byName: name(item), byNumber: kind === "label" ? label(rest) : label(item) };
  if (kind === "label") return { byName: undefined, byNumber: label(rest) };
  return kind === "name" ? { byName: name(rest), byNumber: undefined } : { byName: undefined, byNumber: label(item) };
}

const isKnown = (item: Item, names: readonly string[], lastLabel: number): boolean => {
  const { byName, byNumber } = interpret(item, names, lastLabel);
  return (byName ?? byNumber) !== undefined;
};

function labelOf(item: Item, names: readonly string[], lastLabel: number): number {
  const { byName, byNumber } = interpret(item, names, lastLabel);
  const given = `--classes ${printable(String(item))}`;
  if (byName !== undefined && byNumber !== undefined && byName !== byNumber)
    throw new BenchError(
      "usage",
      `${given}: it is the name of label ${byName} and the number of label ${byNumber}, ${quote(names[byNumber])}; ` +
        `write label:${byNumber} or name:${printable(String(item).replace(/^label:/, ""))}`,
    );
  const label = byName ?? byNumber;
  if (label !== undefined) return label;
  const examples = names.slice(0, 3).map(quote).join(", ");
  const last = lastLabel === names.length ? " (the null class)" : "";
  throw new BenchError("usage", `${given}: wanted numbers from 0 to ${lastLabel}${last}, or names such as ${examples}`);
}

const quote = (name: string | undefined): string => (name === undefined ? "the null class" : `'${printable(name)}'`);
