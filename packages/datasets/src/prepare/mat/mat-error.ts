// The error of a MATLAB file that cannot be read.

/** A MATLAB file that cannot be read. */
export class MatError extends Error {
  override readonly name = "MatError";
}
