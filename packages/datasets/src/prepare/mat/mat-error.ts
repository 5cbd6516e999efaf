/** A MATLAB file that cannot be read; the message says where. Exit code 4. */
export class MatError extends Error {
  override readonly name = "MatError";
  readonly exitCode = 4;
}
