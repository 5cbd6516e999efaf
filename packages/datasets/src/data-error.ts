// The error of data that is missing or cannot be used.

import { shortenMiddle } from "@dit-bench/text";

/** Messages quote names, and lines of label files, which may have any length. */
const mostCharacters = 2000;

/** The problem with the data. */
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

/** Data that is missing or cannot be used. The command line exits with code 4. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string) {
    super(shortenMiddle(message, mostCharacters));
    this.code = code;
  }
}
