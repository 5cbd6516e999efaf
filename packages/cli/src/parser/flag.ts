// A flag or an argument of a command, declared once as data. The parser, the help, the types of a command's options and
// the command lines that a grid starts for its cells come from these declarations.

import { BenchError } from "@dit-bench/runner/errors";
import { type Check, decimals, type NumberForm, numberIn, wholeNumbers } from "./values.ts";

export interface Flag<Value = unknown> {
  /** How a value is shown in the help: `number` in `--seed <number>`. A switch has none. */
  readonly placeholder?: string;
  readonly about: string;
  readonly required?: true;
  readonly default?: Value;
  /** A switch that is on unless `--no-NAME` is given. */
  readonly negated?: true;
  /** Every use adds a value. */
  readonly repeatable?: true;
  /** The value is a list of names with commas between them. */
  readonly commaSeparated?: true;
  readonly choices?: Choices;
  /** Names that the shell completes; any other value is accepted, too. */
  readonly suggestions?: Choices;
  /** Reads one use of the flag. Throws BenchError (usage). @param previous the value so far, or the default */
  read?(text: string, previous: Value | undefined, flag: string): Value;
}

/** Flags by the name of their option in the command's code, such as `keepState` for `--keep-state`. */
export type Flags = Readonly<Record<string, Flag>>;

/** The options that a command gets. */
export type OptionsOf<F extends Flags> = {
  readonly [Key in keyof F]: F[Key] extends Flag<infer Value> ? Value : never;
};

/** The names that a flag or an argument takes, or a function that loads them from the package that owns their table. */
export type Choices<Name extends string = string> = readonly Name[] | (() => Promise<readonly Name[]>);

interface Presence<T> {
  readonly required?: true;
  readonly default?: T;
  readonly suggestions?: Choices;
}
/** The type of a flag's value. It includes undefined if the flag is neither required nor has a default. */
type FlagValue<T, P> = P extends { readonly required: true } | { readonly default: T } ? T : T | undefined;

/** `--json`: false unless given. */
export const toggle = (about: string): Flag<boolean> => ({ about, default: false });

/** `--no-null-class`: true unless given. */
export const negated = (about: string): Flag<boolean> => ({ about, default: true, negated: true });

/** A text. If the flag is used several times, the last value counts; with `single`, a second value is refused. */
export function text<const P extends Presence<string> & { readonly check?: Check<string>; readonly single?: true }>(
  placeholder: string,
  about: string,
  settings?: P,
): Flag<FlagValue<string, P>> {
  const { check, single, ...presence } = settings ?? ({} as P);
  return {
    placeholder,
    about,
    ...presence,
    read(value: string, previous: string | undefined, flag: string) {
      if (check && !check.holds(value)) throw new BenchError("usage", `${flag} is '${value}'; wanted ${check.wanted}`);
      if (single && previous !== undefined && previous !== value)
        throw new BenchError(
          "usage",
          `${flag} is given twice, '${previous}' and '${value}'; give one, or use 'bench grid', which takes several`,
        );
      return value;
    },
  } as Flag<FlagValue<string, P>>;
}

/** A list of texts: each use of the flag adds one. */
export const texts = (placeholder: string, about: string, suggestions?: Choices): Flag<readonly string[]> => ({
  placeholder,
  about,
  default: [],
  repeatable: true,
  ...(suggestions ? { suggestions } : {}),
  read: (value, previous = []) => [...previous, value],
});

/** Comma-separated names; the lists of several uses are joined to one. `splitNames` returns the names. */
export const list = (
  placeholder: string,
  about: string,
  names: { readonly choices?: Choices; readonly suggestions?: Choices } = {},
): Flag<string | undefined> => ({
  placeholder,
  about,
  commaSeparated: true,
  ...names,
  read: (value, previous) => (previous === undefined ? value : `${previous},${value}`),
});

/** A whole number in decimal digits. */
export const wholeNumber = <const P extends Presence<number>>(
  placeholder: keyof typeof wholeNumbers,
  about: string,
  check: Check<number>,
  presence?: P,
): Flag<FlagValue<number, P>> =>
  numeric(placeholder, about, wholeNumbers[placeholder], check, presence) as Flag<FlagValue<number, P>>;

/** A decimal number. */
export const decimalNumber = (placeholder: keyof typeof decimals, about: string, check: Check<number>) =>
  numeric(placeholder, about, decimals[placeholder], check) as Flag<number | undefined>;

function numeric(
  placeholder: string,
  about: string,
  form: NumberForm,
  check: Check<number>,
  presence: Presence<number> = {},
): Flag<number> {
  return {
    placeholder,
    about,
    ...presence,
    read(value, _, flag) {
      const number = numberIn(value, flag, form);
      if (!check.holds(number)) throw new BenchError("usage", `${flag} is '${value}'; wanted ${check.wanted}`);
      return number;
    },
  };
}

/** One of the names in `choices`; any other name is refused before the command starts. */
export function choice<const Name extends string>(
  placeholder: string,
  about: string,
  settings: { readonly choices: Choices<Name>; readonly default: NoInfer<Name> },
): Flag<Name>;
export function choice<const Name extends string>(
  placeholder: string,
  about: string,
  settings: { readonly choices: Choices<Name>; readonly required: true },
): Flag<Name>;
export function choice<const Name extends string>(
  placeholder: string,
  about: string,
  settings: { readonly choices: Choices<Name> },
): Flag<Name | undefined>;
export function choice(
  placeholder: string,
  about: string,
  settings: { readonly choices: Choices } & Presence<string>,
): Flag<string> {
  return { placeholder, about, ...settings, read: (value) => value };
}

/** A positional argument of a command; the order of arguments is that of the declaration. */
export interface Argument<Value = unknown> {
  readonly about: string;
  /** The argument takes any number of values, or none. */
  readonly variadic?: true;
  readonly choices?: Choices;
  /** Names that the shell completes; any other value is accepted, too. */
  readonly suggestions?: Choices;
  /** Never set: it only holds the type of the value. */
  readonly value?: Value;
}
export type Arguments = Readonly<Record<string, Argument>>;
export type ValuesOf<A extends Arguments> = {
  readonly [Key in keyof A]: A[Key] extends Argument<infer Value> ? Value : never;
};

export const argument = <const Name extends string = string>(
  about: string,
  choices?: Choices<Name>,
): Argument<Name> => ({
  about,
  ...(choices ? { choices } : {}),
});
export const variadic = (about: string, suggestions?: Choices): Argument<readonly string[]> => ({
  about,
  variadic: true,
  ...(suggestions ? { suggestions } : {}),
});

/** The arguments and flags of a command, and its help. */
export interface Declaration<F extends Flags = Flags, A extends Arguments = Arguments> {
  readonly about: string;
  readonly arguments?: A;
  readonly flags: F;
  /** Paragraphs below the flags; those that begin with a space, such as examples, are not wrapped. */
  readonly notes?: readonly string[];
}

/** Checks a declaration's form and keeps its exact type. */
export const declare = <F extends Flags, A extends Arguments>(declaration: Declaration<F, A>): Declaration<F, A> =>
  declaration;
