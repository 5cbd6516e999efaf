/** A file's bytes are not what its format says; `source` is its path, or what the caller called it. */
export class CorruptFileError extends Error {
  override readonly name = "CorruptFileError";
  readonly source: string;

  constructor(source: string, problem: string) {
    super(`${source}: ${problem.length > maxProblem ? `${problem.slice(0, maxProblem)}…` : problem}`);
    this.source = source;
  }
}

const maxProblem = 400; // a name quoted from a hostile header can be a hundred megabytes long
