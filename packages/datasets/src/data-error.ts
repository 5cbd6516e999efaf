/** What is wrong with a user's data. */
export type DataErrorCode =
  | "missing-folder"
  | "not-a-folder"
  | "no-images"
  | "splits"
  | "one-class"
  | "unreadable-images"
  | "too-large"
  | "registry"
  | "labels"
  | "in-the-way";

/** Data that is missing or cannot be used (exit code 4 of the command line). */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
