import { WeightFileError } from "./weight-file-error.ts";

/** A file's bytes are not what its format says. */
export class CorruptFileError extends WeightFileError {
  override readonly name = "CorruptFileError";
}
