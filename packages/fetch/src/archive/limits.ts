// Limits on the unpacked content of an archive, and the counters that enforce them.

import { ArchiveError } from "./archive-error.ts";

/** Limits on the content of an archive. */
export interface Limits {
  readonly entries: number;
  /** Unpacked bytes of all files together. */
  readonly bytes: number;
  /** Unpacked bytes per packed byte. Photographs reach 1.1, text 20; the maximum of deflate is 1,032. */
  readonly ratio: number;
}

export const defaultLimits: Limits = { entries: 500_000, bytes: 200e9, ratio: 200 };

/** The ratio is not checked for archives that unpack to fewer bytes than this. */
const harmlessBytes = 16e6;

/** Counts entries and unpacked bytes. Throws ArchiveError ("limit") when a limit is exceeded. */
export class Meter {
  readonly #limits: Limits;
  #entries = 0;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  countEntry(): void {
    if (++this.#entries > this.#limits.entries)
      throw new ArchiveError("limit", `more than ${this.#limits.entries} entries`);
  }

  /** @param unpacked bytes unpacked since the last call @param packed bytes of the archive read so far, in total */
  addBytes(unpacked: number, packed: number): void {
    this.#bytes += unpacked;
    if (this.#bytes > this.#limits.bytes)
      throw new ArchiveError("limit", `more than ${this.#limits.bytes} bytes once unpacked`);
    checkRatio(this.#bytes, packed, this.#limits);
  }
}

/** Throws ArchiveError ("limit") for a decompression bomb. */
export function checkRatio(unpacked: number, packed: number, { ratio }: Limits): void {
  if (unpacked > harmlessBytes && unpacked > ratio * packed)
    throw new ArchiveError("limit", `${unpacked} bytes from ${packed}, more than ${ratio} to one: a bomb`);
}
