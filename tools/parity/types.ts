// The types that the parts of the parity table share.

/** The arguments of a part. */
export interface Call {
  readonly python: string;
  /** Folder for files, kept until all parts have run. */
  readonly folder: string;
  /** `true` is the size of the published models. */
  readonly size: "tiny" | "true";
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

/** A row of the page, with the size that it was measured at. */
export type PageRow = Row & { readonly measuredSize: string };

export interface Page {
  readonly rows: readonly PageRow[];
  readonly times: readonly { readonly part: string; readonly size: string; readonly seconds: number }[];
  /** Parts that could not run for lack of a Python package, and parts that failed. */
  readonly skippedParts: readonly Problem[];
  readonly failedParts: readonly Problem[];
}

export interface Problem {
  readonly part: string;
  readonly size: string;
  readonly reason: string;
}
