// Text in messages and names: what may be printed, counts, and "did you mean".

export { closestName } from "./closest-name.ts";
export { printable } from "./printable.ts";
export { quantity } from "./quantity.ts";
