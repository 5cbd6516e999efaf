// The type of a conformance check.

import type { Case } from "./subject.ts";

export interface Check {
  readonly name: string;
  /** @throws Error if the method does not pass, with the value that was found */
  run(c: Case): void | Promise<void>;
}
