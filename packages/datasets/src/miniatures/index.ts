import { artbench } from "./artbench.ts";
import { caltech } from "./caltech.ts";
import { cars } from "./cars.ts";
import { cub } from "./cub.ts";
import { df20m } from "./df20m.ts";
import { flowers } from "./flowers.ts";
import { food } from "./food.ts";
import type { Miniature } from "./miniature.ts";
import { sun } from "./sun.ts";

export type { Canvas } from "./canvas.ts";
export { type DrawOptions, drawMiniature, drawOne, type Miniature } from "./miniature.ts";
export { sourceDomain } from "./source.ts";

/** The stand-ins for the eight data sets of the DiffFit paper, in its order. */
export const miniatures: readonly Miniature[] = [food, sun, df20m, caltech, cub, artbench, flowers, cars];
