// Looks up a word of a binding, with an error that lists what there is.

import { closestName } from "@dit-bench/text";

/**
 * @template T
 * @param {string} kind such as "method"
 * @param {string | undefined} name
 * @param {ReadonlyMap<string, T>} choices
 * @returns {T}
 */
export function choose(kind, name, choices) {
  const found = name === undefined ? undefined : choices.get(name);
  if (found !== undefined) return found;
  const names = [...choices.keys()];
  const closest = closestName(name ?? "", names);
  throw new Error(
    `${name === undefined ? `a ${kind} is missing` : `${kind} '${name}' is not known`}; ` +
      `${closest === undefined ? "" : `did you mean '${closest}'? `}available: ${names.join(", ")}`,
  );
}

/**
 * Rejects words that nothing has read.
 *
 * @param {readonly string[]} words
 */
export function expectNoMore(words) {
  if (words.length > 0) throw new Error(`'${words.join(" ")}' is one word too many: leave it out`);
}
