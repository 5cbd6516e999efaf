// Checks of values on the command line: numbers in decimal digits, texts that are not blank, and further checks of
// single flags.

import { BenchError } from "@dit-bench/runner/errors";

/** A requirement beyond the form of a value. */
export interface Check<T> {
  holds(value: T): boolean;
  /** Completes "wanted ...". */
  readonly wanted: string;
}

export const atLeast = (least: number): Check<number> => ({
  holds: (value) => value >= least,
  wanted: `a whole number of at least ${least}`,
});

export interface NumberForm {
  readonly form: RegExp;
  readonly wanted: string;
}

/** Forms by placeholder. `Number` without a check would read "" and " " as 0, "0x10" as 16 and "1e3" as 1000. */
export const wholeNumbers = {
  number: { form: /^\d+$/, wanted: "a whole number in decimal digits, such as 16" },
  pixels: { form: /^\d+$/, wanted: "a whole number in decimal digits, such as 256" },
} as const satisfies Record<string, NumberForm>;

/** Forms by placeholder. */
export const decimals = {
  minutes: { form: /^\d+(\.\d+)?$/, wanted: "a decimal number, such as 90 or 0.5" },
  share: { form: /^\d+(\.\d+)?$/, wanted: "a decimal number, such as 0.2" },
  factor: { form: /^\d+(\.\d+)?$/, wanted: "a decimal number, such as 1.5" },
} as const satisfies Record<string, NumberForm>;

/** Throws BenchError (usage) for a text of another form, and for numbers that a float64 does not hold exactly. */
export function numberIn(text: string, flag: string, { form, wanted }: NumberForm): number {
  if (!form.test(text)) throw new BenchError("usage", `${flag} is '${text}'; wanted ${wanted}`);
  const number = Number(text);
  if (!Number.isFinite(number) || number > Number.MAX_SAFE_INTEGER)
    throw new BenchError("usage", `${flag} is ${text}; wanted at most ${Number.MAX_SAFE_INTEGER}`);
  return number;
}

/** Throws BenchError (usage) for an empty or blank value. @param what the flag, or the argument in quotes */
export function refuseBlank(what: string, value: string): void {
  if (value.trim() !== "") return;
  throw new BenchError("usage", `${what} is ${value === "" ? "empty" : "blank"}; is the variable in your script set?`);
}

/** Splits a comma-separated list into its names, without spaces around them. Throws BenchError (usage). */
export const splitNames = (flag: string, text: string): string[] =>
  checkNames(
    flag,
    text,
    text.split(",").map((part) => part.trim()),
  );

/** The same for names that may have commas: as many parts as possible are one name, if it is a known one. */
export function splitKnownNames(flag: string, text: string, known: ReadonlySet<string>): string[] {
  const parts = text.split(",");
  const names: string[] = [];
  for (let start = 0, end = 0; start < parts.length; start = end) {
    const joined = (last: number) => parts.slice(start, last).join(",").trim();
    for (end = parts.length; end > start + 1 && !known.has(joined(end)); ) end--;
    names.push(joined(end));
  }
  return checkNames(flag, text, names);
}

function checkNames(flag: string, text: string, names: string[]): string[] {
  if (names.includes(""))
    throw new BenchError("usage", `${flag} '${text}' has an empty name; wanted names separated by single commas`);
  const duplicate = names.find((name, i) => names.indexOf(name) !== i);
  if (duplicate !== undefined)
    throw new BenchError("usage", `${flag} '${text}' has '${duplicate}' twice; give each name once`);
  return names;
}

/** Checks that a file name has one of these extensions, in upper or lower case. */
export const extension = (...extensions: readonly string[]): Check<string> => ({
  holds: (name) => extensions.some((end) => name.toLowerCase().endsWith(end)),
  wanted: `a name that ends in ${extensions.join(" or ")}`,
});
