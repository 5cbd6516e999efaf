// The errors that reading a file of weights can cause.

import { shorten } from "@dit-bench/text";

/** An error with a file of weights. The message begins with `source`: a path, or a name that the caller gave. */
export abstract class WeightFileError extends Error {
  readonly source: string;

  constructor(source: string, problem: string) {
    super(`${source}: ${shorten(problem, maxProblem)}`);
    this.source = source;
  }
}

const maxProblem = 400; // a hostile header can hold a name of 100 MB

/** The file may be valid, but this package does not support its kind or one of its features. */
export class UnsupportedFileError extends WeightFileError {
  override readonly name = "UnsupportedFileError";
}

/** The pickle uses a Python global that is not on the allow-list. No code of a pickle is ever run. */
export class RefusedGlobalError extends WeightFileError {
  override readonly name = "RefusedGlobalError";
  /** The full Python name, such as `posix.system`. */
  readonly global: string;

  constructor(source: string, global: string, problem: string) {
    super(
      source,
      `${problem}; nothing was run. If you trust the file, load it with PyTorch and save its state_dict() alone`,
    );
    this.global = global;
  }
}
