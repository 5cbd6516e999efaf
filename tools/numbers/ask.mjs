// Answers a binding such as `mini fid difffit` from its source. Files are read when a text first asks for them.

import { choose } from "./choose.mjs";
import { sources } from "./sources/table.mjs";

const byName = new Map(sources.map((source) => [source.name, source]));
/** @type {Map<string, ReturnType<(typeof sources)[number]["open"]>>} */
const opened = new Map();

/**
 * The value that the records have, with non-breaking spaces before units.
 *
 * @param {string} expression
 * @throws Error for an expression that means nothing
 */
export async function ask(expression) {
  const [name, ...words] = expression.split(/\s+/);
  try {
    const { open } = choose("source", name, byName);
    const answering = opened.get(name) ?? open();
    opened.set(name, answering);
    return (await answering)(words);
  } catch (error) {
    throw new Error(`'${expression}': ${error instanceof Error ? error.message : error}`);
  }
}
