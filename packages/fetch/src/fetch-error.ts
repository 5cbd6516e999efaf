// The error of a file that could not be fetched, with its kinds.

export type FetchErrorKind =
  | "environment" // an environment variable has an invalid value
  | "offline" // network access is forbidden, and the file is not on this machine
  | "not-found" // every address reports that there is no such file
  | "refused" // 401, 403 and similar
  | "unreachable" // all attempts failed with errors that may be transient; the received part is kept
  | "redirect" // too many, a loop, or to an unsafe address
  | "not-the-file" // a web page was received instead of the file
  | "wrong-size"
  | "wrong-checksum"
  | "pip" // no pip is installed, or it failed
  | "disk-full"
  | "interrupted";

/** The message names the file, its address, what happened and what to do. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly kind: FetchErrorKind;

  constructor(kind: FetchErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
