// The sources that a text can bind numbers to: one file and one line each. Records of another recipe are one line.

import paper from "./paper.mjs";
import precision from "./precision.mjs";
import { recordsOf } from "./records.mjs";
import speed from "./speed.mjs";

/**
 * `open` reads the committed files; the function that it returns answers the words of a binding after the name of the
 * source, and throws an Error for words that mean nothing.
 *
 * @typedef {{ name: string, open: () => Promise<(words: readonly string[]) => string> }} Source
 */

/** @type {readonly Source[]} */
export const sources = [
  recordsOf("mini", "mini"),
  recordsOf("high-resolution", "high-resolution/mini"),
  paper,
  precision,
  speed,
];
