// The types of the reliability command: a part, its attempts, and what came of them.

/** What came of one attempt, or of several with the same outcome. */
export interface Trial {
  /** What was tried: a row of the table. */
  readonly what: string;
  /** How it ended: "same result". */
  readonly outcome: string;
  /** Number of attempts; 1 if not given. */
  readonly count?: number;
  /** What was lost, with the facts that are needed to try it again. */
  readonly loss?: string | undefined;
}

/** The sizes of the command: a few minutes for every change of the code, or some hours. */
export type Size = "ci" | "night";

/** One kind of failure. It is one file in `parts` and one line in `table.mjs`. */
export interface Part {
  /** What fails, and what must not be lost: a sentence for the page. */
  readonly about: string;
  /** Number of attempts; the part may round it. */
  readonly sizes: Readonly<Record<Size, number>>;
  /** @param folder an empty folder, which is removed later */
  trials(count: number, folder: string): AsyncIterable<Trial>;
}

/** A row of the table. */
export interface Row {
  readonly part: string;
  readonly what: string;
  readonly tried: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly losses: readonly string[];
}

/** A finished part. */
export interface Finished {
  readonly part: string;
  readonly rows: readonly Row[];
  readonly seconds: number;
}
