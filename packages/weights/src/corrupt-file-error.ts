// The error for a damaged file of weights. The errors for undamaged files are in weight-file-error.ts.

import { WeightFileError } from "./weight-file-error.ts";

/** The bytes of the file violate its format. */
export class CorruptFileError extends WeightFileError {
  override readonly name = "CorruptFileError";
}
