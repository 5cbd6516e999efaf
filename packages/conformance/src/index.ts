// The conformance suite, which the tests of a method import.

export type { Check } from "./check.ts";
export { checks } from "./checks.ts";
export { parametersOn } from "./counts.ts";
export type { Case } from "./subject.ts";
