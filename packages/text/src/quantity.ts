// Formats counts with their nouns for messages.

/**
 * A count with its noun: `1 image`, `2 images`, `0 classes`, `12,000 records`.
 *
 * @param noun the singular form of a noun whose plural ends in `s`, or in `es` after an `s`
 */
export const quantity = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
