// Errors of files of weights.

/** An error with a file of weights. The message begins with `source`: a path, or a name that the caller gave. */
export abstract class WeightFileError extends Error {
  readonly source: string;

  constructor(source: string, problem: string) {
    super(`${source}: ${problem.length > maxProblem ? `${problem.slice(0, maxProblem)}…` : problem}`);
    this.source = source;
  }
}

const maxProblem = 400; // a hostile header can hold a name of 100 MB

/** A file that may be valid, but of a kind or with a feature that this package does not support. */
export class UnsupportedFileError extends WeightFileError {
  override readonly name = "UnsupportedFileError";
}

/** A pickle that uses a Python global outside the list of harmless ones. No code of the pickle is ever run. */
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
