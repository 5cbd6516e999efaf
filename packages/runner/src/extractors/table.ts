// The feature extractors, one line each.

export { efficientNet } from "./efficientnet.ts";
export { inception } from "./inception.ts";
export { mini } from "./mini.ts";
export { mini64 } from "./mini64.ts";
