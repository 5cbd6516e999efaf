export type ArchiveErrorCode =
  | "path" // a name that leads out of the folder, or means something else elsewhere
  | "collision" // two names for one file, on this system or on another
  | "link"
  | "type" // a device, a pipe or something that is no file
  | "limit" // more than the stated entries, bytes or ratio
  | "encrypted"
  | "corrupt"
  | "unknown-format";

/** An archive that is not unpacked, because of the entry that its message names. Nothing of it stays. Exit code 4. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: ArchiveErrorCode;
  readonly exitCode = 4;

  constructor(code: ArchiveErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
