/** One entry, as any archive has it. */
export interface ArchiveEntry {
  /** As the archive writes it. */
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  /** What kind it is in the archive's own words. */
  readonly type: string;
  /** Bytes once unpacked, as the archive says. */
  readonly size: number;
  readonly data: () => AsyncIterable<Uint8Array>;
}

/** Called for one entry after the other; the next waits for its promise. */
export type Visit = (entry: ArchiveEntry) => Promise<void>;
