// The sources that a text can bind numbers to: one file and one line each.

import mini from "./mini.mjs";
import paper from "./paper.mjs";
import precision from "./precision.mjs";
import speed from "./speed.mjs";

/**
 * `open` reads the committed files; the function that it returns answers the words of a binding after the name of the
 * source, and throws an Error for words that mean nothing.
 *
 * @typedef {{ name: string, open: () => Promise<(words: readonly string[]) => string> }} Source
 */

/** @type {readonly Source[]} */
export const sources = [mini, paper, precision, speed];
