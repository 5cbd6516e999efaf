// Draws the plain background of the Caltech miniature.

import type { Stream } from "@dit-bench/random";
import type { Brush } from "../raster/canvas.ts";
import { around, between, happens } from "../raster/chance.ts";
import { hex, hsl, scaleColor, varyColor } from "../raster/color.ts";
import { fillCanvas, linearGradient, radialGradient } from "../raster/paint.ts";

/** Draws a plain background, white or pale; a tinted one is a little darker. */
export function drawPaper(b: Brush, r: Stream, tinted = happens(r, 0.35)): void {
  const tone = tinted
    ? hsl(r.uniform(), between(r, 0.06, 0.28), between(r, 0.62, 0.86))
    : varyColor(r, hex("f3f1ee"), 0.03);
  fillCanvas(b, linearGradient(0, 0, tone, around(r, 0, 0.5), 1, scaleColor(tone, between(r, 0.82, 1))));
  fillCanvas(b, radialGradient(between(r, 0.2, 0.8), between(r, 0, 0.5), 1.1, [1, 1, 1], tone), 0.35);
}
