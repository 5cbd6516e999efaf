// The error for a damaged file of weights. A file of its own: weight-file-error.ts holds the errors of sound files.

import { WeightFileError } from "./weight-file-error.ts";

/** The bytes of the file violate its format. */
export class CorruptFileError extends WeightFileError {
  override readonly name = "CorruptFileError";
}
