// The error of a MATLAB file that cannot be read.

/** A MATLAB file that cannot be read. The command line exits with code 4. */
export class MatError extends Error {
  override readonly name = "MatError";
  readonly exitCode = 4;
}
