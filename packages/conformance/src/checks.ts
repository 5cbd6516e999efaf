// The table of checks that every method must pass.

import type { Check } from "./check.ts";
import { compiledChecks } from "./compiled.ts";
import { definitionChecks } from "./definition.ts";
import { gradientChecks } from "./gradients.ts";
import { mergeChecks } from "./merging.ts";
import { optionChecks } from "./option-effects.ts";
import { outputChecks } from "./outputs.ts";
import { readingChecks } from "./reading.ts";

/** All checks, in the order in which they run: a check relies on those before it. */
export const checks: readonly Check[] = [
  ...definitionChecks,
  ...outputChecks,
  ...gradientChecks,
  ...readingChecks,
  ...mergeChecks,
  ...optionChecks,
  ...compiledChecks,
];
