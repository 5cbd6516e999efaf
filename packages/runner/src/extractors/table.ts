// The feature extractors, one line each.

export { inception } from "./inception.ts";
export { mini } from "./mini.ts";
export { mini64 } from "./mini64.ts";
