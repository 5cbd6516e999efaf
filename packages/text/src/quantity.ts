// Counts with their nouns, as messages print them.

/**
 * `1 image`, `2 images`, `0 classes`, `12,000 records`.
 *
 * @param noun in the singular; regular English plurals only
 */
export const quantity = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
