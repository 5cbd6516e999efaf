import type { Check } from "./checks.ts";
export const compiledChecks: readonly Check[] = [];
