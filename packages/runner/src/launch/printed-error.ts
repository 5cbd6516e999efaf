// The error in what a process of this program printed.

const prefix = "bench: error: ";

/** The last error that bench itself reports in these lines, without its prefix; undefined if there is none. */
export const errorIn = (text: string): string | undefined =>
  text
    .split("\n")
    .findLast((line) => line.startsWith(prefix))
    ?.slice(prefix.length);
