export type FetchErrorKind =
  | "environment" // a variable has a value that cannot be used
  | "offline" // the network may not be used, and the file is not here
  | "not-found" // every address answered that there is no such file
  | "refused" // 401, 403 and their kin
  | "unreachable" // all attempts failed in a way that may pass; what came is kept
  | "redirect" // too many, in a circle, or to an address that is not safe
  | "not-the-file" // a page came in place of the file
  | "wrong-size"
  | "wrong-checksum"
  | "disk-full"
  | "interrupted";

/** Exit codes of the command line: 2 usage, 4 data missing or corrupt, 74 disk, 75 stopped, to be gone on with by the same call. */
const exitCodes: Readonly<Record<FetchErrorKind, number>> = {
  environment: 2,
  offline: 4,
  "not-found": 4,
  refused: 4,
  redirect: 4,
  "not-the-file": 4,
  "wrong-size": 4,
  "wrong-checksum": 4,
  "disk-full": 74,
  unreachable: 75,
  interrupted: 75,
};

/** A file that could not be fetched: its message says which, from where, what came and what to do. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly kind: FetchErrorKind;
  readonly exitCode: number;

  constructor(kind: FetchErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.exitCode = exitCodes[kind];
  }
}
