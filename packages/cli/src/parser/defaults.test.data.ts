// The options of a command that was called without flags, for tests that call its code.

import type { Flags, OptionsOf } from "./flag.ts";

/** Returns the default of each flag; required flags have none, so that they are missing. */
export const defaultsOf = <F extends Flags>(flags: F): Partial<OptionsOf<F>> =>
  Object.fromEntries(Object.entries(flags).map(([key, flag]) => [key, flag.default])) as Partial<OptionsOf<F>>;
