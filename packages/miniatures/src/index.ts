// Miniatures: small datasets of procedural drawings that stand in for the published ones, and the source domain.

import { artbench } from "./artbench/artbench.ts";
import { caltech } from "./caltech/caltech.ts";
import { cars } from "./cars/cars.ts";
import { cub } from "./cub/cub.ts";
import { df20m } from "./df20m/df20m.ts";
import { flowers } from "./flowers/flowers.ts";
import { food } from "./food/food.ts";
import type { Miniature } from "./miniature.ts";
import { sun } from "./sun/sun.ts";

export { type DrawOptions, drawImage, drawMiniature, type Miniature } from "./miniature.ts";
export type { Canvas } from "./raster/canvas.ts";
export { sourceDomain } from "./source/source.ts";

/**
 * The miniatures of the eight datasets of the DiffFit paper, in its order. The list does not change: the extractor of
 * recipe `mini` classifies exactly these classes.
 */
export const paperMiniatures: readonly Miniature[] = [food, sun, df20m, caltech, cub, artbench, flowers, cars];

/** Every miniature. `miniature` in datasets.json names the one that stands in for a dataset. */
export const miniatures: readonly Miniature[] = [...paperMiniatures];
