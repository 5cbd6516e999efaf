// The layouts of the published datasets, one file each. docs/datasets.md names the source of each layout.

import type { Layout } from "../layout.ts";
import { artbench } from "./artbench.ts";
import { caltech } from "./caltech.ts";
import { cars } from "./cars.ts";
import { cub } from "./cub.ts";
import { df20m } from "./df20m.ts";
import { flowers } from "./flowers.ts";
import { food } from "./food.ts";
import { sun } from "./sun.ts";

/** The layouts by the dataset names of datasets.json. */
export const layouts: Readonly<Record<string, Layout>> = { food, sun, df20m, caltech, cub, artbench, flowers, cars };
