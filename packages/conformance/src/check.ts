// The type of a conformance check, and how a check fails.

import type { Case } from "./subject.ts";

/** One requirement that every method must meet. */
export interface Check {
  readonly name: string;
  /** What a failure means for the runs of the method: one or two sentences. */
  readonly meaning: string;
  /** What to look at in the source of the method. */
  readonly advice: string;
  /** @throws Error if the method does not pass, with the value that was found */
  run(c: Case, listener?: WorkListener): void | Promise<void>;
}

/** What a check reports beside its result. */
export interface WorkListener {
  /** Called by long checks. */
  progress?(done: number, total: number): void;
  /** Called with what the check could not try. */
  note?(text: string): void;
}

export function fail(message: string): never {
  throw new Error(message);
}
