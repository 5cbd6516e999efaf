// Functions for the text of messages: printable text, counts with nouns, and the name that a misspelt one stands for.

export { closestName } from "./closest-name.ts";
export { parseJson } from "./parse-json.ts";
export { printable } from "./printable.ts";
export { quantity } from "./quantity.ts";
export { shorten, shortenMiddle } from "./shorten.ts";
