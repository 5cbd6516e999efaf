// The types that the parts of the parity table share.

import type { EngineName } from "@dit-bench/compiler";

/** The arguments of a part. */
export interface Call {
  readonly python: string;
  /** Folder for files, kept until all parts have run. */
  readonly folder: string;
  /** `true` is the size of the published models. */
  readonly size: "tiny" | "true";
  /** The engine of parts that run a network, which export `usesEngine`. */
  readonly engine: EngineName;
}

/** A row of the table. */
export interface Row {
  readonly part: string;
  readonly size: string;
  /** The largest difference, or the measured quantity; null in JSON if it is not a number. */
  readonly worst: number | null;
  readonly tolerance: number;
  /** The unit of `worst` and `tolerance`. Without a unit both are differences. */
  readonly unit?: string;
  readonly note?: string;
}

/** One part at one size with one engine. */
export interface Run {
  readonly part: string;
  readonly size: string;
  readonly engine: string;
}

/** A row of the page, with the size and the engine that it was measured with. */
export type PageRow = Row & { readonly run: Run };

export interface Page {
  /** The first engine runs all parts, the others those that run a network. */
  readonly engines: readonly string[];
  readonly rows: readonly PageRow[];
  readonly times: readonly (Run & { readonly seconds: number })[];
  /** Parts that could not run for lack of a Python package, and parts that failed. */
  readonly skippedParts: readonly Problem[];
  readonly failedParts: readonly Problem[];
}

export type Problem = Run & { readonly reason: string };
