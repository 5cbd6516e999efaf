// The entries that the readers of tar and zip archives pass to their visitor.

/** One entry of an archive of any format. */
export interface ArchiveEntry {
  /** The path as stored in the archive, not checked. */
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  /** The entry's type as the archive's format calls it, for messages. */
  readonly type: string;
  /** Unpacked bytes, as announced by the archive. */
  readonly size: number;
  readonly data: () => AsyncIterable<Uint8Array>;
}

/** Called for each entry in order; the reader waits for the promise before the next call. */
export type Visit = (entry: ArchiveEntry) => Promise<void>;
