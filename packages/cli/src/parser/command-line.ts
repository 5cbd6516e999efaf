// Writes flags and options as a command line.

import type { Flag, Flags, OptionsOf } from "./flag.ts";

/** Returns the flag of an option: `--keep-state` for `keepState`, and `--no-null-class` for a negated `nullClass`. */
export const longName = (key: string, { negated }: Flag): string =>
  `--${negated ? "no-" : ""}${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Returns the arguments that give these options; options that are missing or undefined have no argument. */
export function argumentsOf<F extends Flags>(flags: F, options: Partial<OptionsOf<F>>): string[] {
  return Object.entries(flags).flatMap(([key, flag]) => {
    const name = longName(key, flag);
    const value: unknown = options[key];
    if (value === undefined) return [];
    if (typeof value === "boolean") return value === Boolean(flag.negated) ? [] : [name];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [name, String(one)]);
  });
}
