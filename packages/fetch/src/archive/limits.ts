import { ArchiveError } from "./archive-error.ts";

/** How much an archive may become. */
export interface Limits {
  readonly entries: number;
  /** Of all files together, unpacked. */
  readonly bytes: number;
  /** Unpacked bytes over packed ones; photographs reach 1.1, text 20, deflate at most 1,032. */
  readonly ratio: number;
}

export const usualLimits: Limits = { entries: 500_000, bytes: 200e9, ratio: 200 };

/** Below this a high ratio does no harm. */
const harmless = 16e6;

/** Counts what is unpacked; throws ArchiveError ("limit") as soon as it is too much. */
export class Meter {
  readonly #limits: Limits;
  #entries = 0;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  entry(): void {
    if (++this.#entries > this.#limits.entries)
      throw new ArchiveError("limit", `more than ${this.#limits.entries} entries`);
  }

  /** `unpacked` more bytes; the archive has given `packed` in all so far. */
  add(unpacked: number, packed: number): void {
    this.#bytes += unpacked;
    if (this.#bytes > this.#limits.bytes)
      throw new ArchiveError("limit", `more than ${this.#limits.bytes} bytes once unpacked`);
    checkRatio(this.#bytes, packed, this.#limits);
  }
}

/** Throws ArchiveError ("limit") for a bomb: much from little. */
export function checkRatio(unpacked: number, packed: number, { ratio }: Limits): void {
  if (unpacked > harmless && unpacked > ratio * packed)
    throw new ArchiveError("limit", `${unpacked} bytes from ${packed}, more than ${ratio} to one: a bomb`);
}
