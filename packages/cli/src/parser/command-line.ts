// Flags as they are written on a command line.

import type { Flag, Flags, OptionsOf } from "./flag.ts";

/** `keepState` is `--keep-state`, a negated `nullClass` is `--no-null-class`. */
export const longName = (key: string, { negated }: Flag): string =>
  `--${negated ? "no-" : ""}${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The command line that gives these options; those that are left out or undefined are not on it. */
export function argumentsOf<F extends Flags>(flags: F, options: Partial<OptionsOf<F>>): string[] {
  return Object.entries(flags).flatMap(([key, flag]) => {
    const name = longName(key, flag);
    const value: unknown = options[key];
    if (value === undefined) return [];
    if (typeof value === "boolean") return value === Boolean(flag.negated) ? [] : [name];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [name, String(one)]);
  });
}
