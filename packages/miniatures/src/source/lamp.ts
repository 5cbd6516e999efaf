// Adds uneven light to the images of the source domain.

import type { Stream } from "@dit-bench/random";
import type { Brush } from "../raster/canvas.ts";
import { between } from "../raster/chance.ts";
import { fillCanvas, radialGradient } from "../raster/paint.ts";

/** Brightens a random point and darkens the image away from it. `maxOpacity` limits the effect. */
export function drawLamp(b: Brush, r: Stream, maxOpacity: number): void {
  fillCanvas(
    b,
    radialGradient(r.uniform(), r.uniform(), 1.2, [1, 1, 0.95], [0, 0, 0.05]),
    between(r, 0.03, maxOpacity),
  );
}
