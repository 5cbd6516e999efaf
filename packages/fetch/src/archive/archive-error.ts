// The error of an archive that is refused.

export type ArchiveErrorCode =
  | "path" // a name that leads out of the folder, or that another operating system reads differently
  | "collision" // two names for one file, on this system or on another one
  | "link"
  | "type" // a device, a pipe or another entry that is not a file or folder
  | "limit" // more entries or bytes than the limits, or a higher ratio
  | "encrypted"
  | "corrupt"
  | "unknown-format";

/** The archive was refused because of the entry that the message names; nothing was unpacked. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: ArchiveErrorCode;

  constructor(code: ArchiveErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
