/** What is wrong with a file of weights; `source` is its path, or what the caller called it. */
export abstract class WeightFileError extends Error {
  readonly source: string;

  constructor(source: string, problem: string) {
    super(`${source}: ${problem.length > maxProblem ? `${problem.slice(0, maxProblem)}…` : problem}`);
    this.source = source;
  }
}

const maxProblem = 400; // a name quoted from a hostile header can be a hundred megabytes long

/** The file may be well, but it is of a kind, or asks for something, that this package does not read. */
export class UnsupportedFileError extends WeightFileError {
  override readonly name = "UnsupportedFileError";
}

/** A pickle wants to use a Python global outside the list of harmless ones. Nothing was run. */
export class RefusedGlobalError extends WeightFileError {
  override readonly name = "RefusedGlobalError";
  /** Its full Python name: `posix.system`. */
  readonly global: string;

  constructor(source: string, global: string, what: string) {
    super(
      source,
      `${what}; nothing was run. If you trust the file, load it with PyTorch and save its state_dict() alone`,
    );
    this.global = global;
  }
}
