import { artbench } from "./artbench/artbench.ts";
import { caltech } from "./caltech/caltech.ts";
import { cars } from "./cars/cars.ts";
import { cub } from "./cub/cub.ts";
import { df20m } from "./df20m/df20m.ts";
import { flowers } from "./flowers/flowers.ts";
import { food } from "./food/food.ts";
import type { Miniature } from "./miniature.ts";
import { sun } from "./sun/sun.ts";

export { type DrawOptions, drawMiniature, drawOne, type Miniature } from "./miniature.ts";
export type { Canvas } from "./raster/canvas.ts";
export { sourceDomain } from "./source/source.ts";

/** The stand-ins for the eight data sets of the DiffFit paper, in its order. */
export const miniatures: readonly Miniature[] = [food, sun, df20m, caltech, cub, artbench, flowers, cars];
