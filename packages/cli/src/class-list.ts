// Parses the value of `--classes`, a list of labels or names of classes. `bench sample --help` describes the syntax.

import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/**
 * Returns the labels of the classes in the list. Throws BenchError (usage) for a class that does not exist or is given
 * twice.
 *
 * @param names names of all classes, in label order
 * @param lastLabel the largest label allowed: that of the null class, if the model has one
 */
export function parseClasses(text: string, names: readonly string[], lastLabel: number): number[] {
  // A name with a comma needs no quotes, unless its parts are names or labels of classes, too.
  const labelOfWholeText = names.indexOf(text.trim());
  const items = splitItems(text);
  if (labelOfWholeText >= 0 && items.length > 1 && !items.every((item) => isKnown(item, names, lastLabel)))
    return [labelOfWholeText];
  const labels = items.map((item) => labelOf(item, names, lastLabel));
  const duplicate = labels.find((label, i) => labels.indexOf(label) !== i);
  if (duplicate !== undefined)
    throw new BenchError(
      "usage",
      `--classes ${printable(text)}: label ${duplicate} is given twice; name each class once, ` +
        "and set the number of samples of each with --count",
    );
  return labels;
}

/** One item of the list: a number of a JSON list, or a text. */
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
  // An item is quoted as in CSV, where a quote inside is doubled, or it ends at the next comma.
  const item = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)/y;
  for (let hasMore = true; hasMore; ) {
    const match = item.exec(text)!; // never null: an item without quotes matches any text
    items.push(match[1] === undefined ? match[2]!.trim() : match[1].replaceAll('""', '"'));
    hasMore = match[3] === ",";
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

/** The label that an item has if it is read as a name, and the label that it has if it is read as a number. */
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
  const flag = `--classes ${printable(String(item))}`;
  if (byName !== undefined && byNumber !== undefined && byName !== byNumber)
    throw new BenchError(
      "usage",
      `${flag}: it is the name of label ${byName} and the number of label ${byNumber}, ${quote(names[byNumber])}; ` +
        `write label:${byNumber} or name:${printable(String(item).replace(/^label:/, ""))}`,
    );
  const label = byName ?? byNumber;
  if (label !== undefined) return label;
  const examples = names.slice(0, 3).map(quote).join(", ");
  const nullClass = lastLabel === names.length ? " (the null class)" : "";
  throw new BenchError(
    "usage",
    `${flag}: wanted numbers from 0 to ${lastLabel}${nullClass}, or names such as ${examples}`,
  );
}

const quote = (name: string | undefined): string => (name === undefined ? "the null class" : `'${printable(name)}'`);
