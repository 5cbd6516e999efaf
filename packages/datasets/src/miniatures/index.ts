export type { Canvas } from "./canvas.ts";
export { type DrawOptions, drawMiniature, drawOne, type Miniature } from "./miniature.ts";
export { sourceDomain } from "./source.ts";
