// Functions for the text of messages: printable and quoted text, counts with nouns, and the name that a misspelt one
// stands for.

export { closestName } from "./closest-name.ts";
export { parseJson } from "./parse-json.ts";
export { printable } from "./printable.ts";
export { quantity } from "./quantity.ts";
export { quoteForShell } from "./quote-for-shell.ts";
export { shorten, shortenMiddle } from "./shorten.ts";
