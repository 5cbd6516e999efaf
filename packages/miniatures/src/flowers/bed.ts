// Functions that the flower drawings share: the background, the stalk and the light on petals.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBokeh, drawFoliage } from "../raster/backdrops.ts";
import { type Brush, placeBrush } from "../raster/canvas.ts";
import { around, between } from "../raster/chance.ts";
import { hsl } from "../raster/color.ts";
import { HALF_TURN } from "../raster/elementary.ts";
import { fillRound } from "../raster/paint.ts";
import { line } from "../raster/shapes.ts";

/** A brush on a new canvas with leaves, blossoms or earth out of focus. */
export function drawBed(r: Stream, size: number): Brush {
  const b = createScene(r, size);
  const kind = r.uniform();
  if (kind < 0.7) drawFoliage(b, r);
  else if (kind < 0.85)
    drawBokeh(
      b,
      r,
      hsl(around(r, 0.3, 0.1), 0.35, between(r, 0.1, 0.5)),
      hsl(around(r, 0.25, 0.15), 0.4, between(r, 0.3, 0.65)),
      8,
    );
  else drawFoliage(b, r, around(r, 0.09, 0.03)); // earth
  return b;
}

/** Draws the stalk, if any. Returns a brush for the flower head at its end, seen roughly from the front. */
export function drawHead(b: Brush, r: Stream, x: number, y: number, s: number, stalk = true): Brush {
  const px = stalk ? x + around(r, 0, 0.12) : x;
  const py = stalk ? y + around(r, 0, 0.1) : y;
  if (stalk)
    fillRound(b, line(px, py, px + around(r, 0, 0.2), 1.1, s * 0.07), hsl(0.28, 0.4, 0.3), { bevel: s * 0.07 });
  const tilt = r.uniform() * HALF_TURN;
  const p = placeBrush(b, px, py, s, tilt, 1, between(r, 0.72, 1));
  return p;
}

/** The brightness of a petal by its direction: 0.8 to 1.05 times `k`. */
export function petalBrightness(p: Brush, k: number): number {
  const m = p.frame;
  const length = Math.sqrt(m.a * m.a + m.b * m.b) || 1;
  return k * (0.92 + 0.13 * ((m.a * p.light.x + m.b * p.light.y) / length));
}
