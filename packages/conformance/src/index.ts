// The conformance suite, which the tests of a method import, and `bench check-method` runs.

export type { Check, WorkListener } from "./check.ts";
export { checks } from "./checks.ts";
export { engines } from "./compiled.ts";
export { parametersOn } from "./counts.ts";
export { type CheckListener, type CheckResult, runChecks } from "./run-checks.ts";
export type { Case } from "./subject.ts";
