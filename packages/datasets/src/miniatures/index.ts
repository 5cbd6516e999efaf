import { cub } from "./cub.ts";
import { df20m } from "./df20m.ts";
import { flowers } from "./flowers.ts";
import type { Miniature } from "./miniature.ts";

export type { Canvas } from "./canvas.ts";
export { type DrawOptions, drawMiniature, drawOne, type Miniature } from "./miniature.ts";
export { sourceDomain } from "./source.ts";

export const miniatures: readonly Miniature[] = [df20m, cub, flowers];
