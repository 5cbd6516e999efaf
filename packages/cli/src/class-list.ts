// The value of `--classes`: labels by their numbers or names. `bench sample --help` describes the syntax.

import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/**
 * The labels that a list names, each once.
 *
 * @param names of the classes, in label order
 * @param lastLabel the largest label that may be asked for: that of the null class, if the model has one
 */
export function parseClasses(text: string, names: readonly string[], lastLabel: number): number[] {
  // A name with a comma, given as it is. Where its parts are classes as well it has to be quoted.
  const whole = names.indexOf(text.trim());
  const items = itemsOf(text);
  if (whole >= 0 && items.length > 1 && !items.every((item) => known(item, names, lastLabel))) return [whole];
  const labels = items.map((item) => labelOf(item, names, lastLabel));
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined)
    throw new BenchError(
      "usage",
      `--classes ${printable(text)}: label ${twice} is asked for twice; name each class once, --count says how many samples of each`,
    );
  return labels;
}

/** A label from a JSON list, or a text. */
type Item = number | string;

function itemsOf(text: string): Item[] {
  if (/^\s*\[/.test(text)) {
    const items = jsonList(text);
    if (items) return items;
    throw new BenchError(
      "usage",
      `--classes ${printable(text)}: wanted a JSON list of names and numbers, such as '["rose", 3]'`,
    );
  }
  const items: string[] = [];
  // Quoted with doubled quotes inside, as in CSV, or up to the next comma.
  const item = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)/y;
  for (let more = true; more; ) {
    const match = item.exec(text)!; // the second form matches anything
    items.push(match[1] === undefined ? match[2]!.trim() : match[1].replaceAll('""', '"'));
    more = match[3] === ",";
  }
  return items;
}

function jsonList(text: string): Item[] | undefined {
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

interface Meaning {
  readonly byName: number | undefined;
  readonly byNumber: number | undefined;
}

function meaningOf(item: Item, names: readonly string[], lastLabel: number): Meaning {
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

const known = (item: Item, names: readonly string[], lastLabel: number): boolean => {
  const { byName, byNumber } = meaningOf(item, names, lastLabel);
  return (byName ?? byNumber) !== undefined;
};

function labelOf(item: Item, names: readonly string[], lastLabel: number): number {
  const { byName, byNumber } = meaningOf(item, names, lastLabel);
  const given = `--classes ${printable(String(item))}`;
  if (byName !== undefined && byNumber !== undefined && byName !== byNumber)
    throw new BenchError(
      "usage",
      `${given}: it is the name of label ${byName} and the number of label ${byNumber}, ${quoted(names[byNumber])}; write label:${byNumber} or name:${printable(String(item).replace(/^label:/, ""))}`,
    );
  const label = byName ?? byNumber;
  if (label !== undefined) return label;
  const some = names.slice(0, 3).map(quoted).join(", ");
  const last = lastLabel === names.length ? " (the null class)" : "";
  throw new BenchError("usage", `${given}: wanted numbers from 0 to ${lastLabel}${last}, or names such as ${some}`);
}

const quoted = (name: string | undefined): string => (name === undefined ? "the null class" : `'${printable(name)}'`);
