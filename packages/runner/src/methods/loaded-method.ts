// A method and where it came from.

import type { AnyMethod } from "@dit-bench/method";

export interface LoadedMethod {
  readonly method: AnyMethod;
  /** The package and version it came from; for a plug-in, this ends with the start of `code`. */
  readonly from: string;
  /**
   * SHA-256 of the source files of a plug-in, whose author changes it without a new version; none if a method is built
   * in.
   */
  readonly code?: string;
}
