// Draws the surroundings of a mushroom.

import type { Stream } from "@dit-bench/random";
import { createScene, drawFoliage } from "../raster/backdrops.ts";
import { type Brush, blur, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, randomCount } from "../raster/chance.ts";
import { hsl, scaleColor, varyColor } from "../raster/color.ts";
import { HALF_TURN } from "../raster/elementary.ts";
import { clouds, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, halfPlane, line, stroke } from "../raster/shapes.ts";

/** Draws out-of-focus trees and a ground of moss and fallen leaves. Returns the height where the foreground begins. */
export function drawForest(r: Stream, size: number): [Brush, number] {
  const b = createScene(r, size);
  drawFoliage(b, r, around(r, 0.22, 0.08));
  const trunks = randomCount(r, 0, 4);
  for (let i = 0; i < trunks; i++) {
    const x = r.uniform();
    const w = between(r, 0.02, 0.07);
    fillSoft(b, line(x, -0.1, x + around(r, 0, 0.06), 0.8, w), hsl(0.08, 0.25, between(r, 0.08, 0.3)), 0.05, 0.8);
  }
  const floor = between(r, 0.66, 0.78);
  const soil = happens(r, 0.5)
    ? hsl(around(r, 0.08, 0.02), between(r, 0.25, 0.5), between(r, 0.16, 0.32))
    : hsl(around(r, 0.24, 0.04), between(r, 0.3, 0.5), between(r, 0.16, 0.3));
  const litter = stretchField(clouds(r), 8, 14);
  fillSoft(
    b,
    halfPlane(0, floor - 0.08, 0, -1),
    mottledPaint(litter, scaleColor(soil, 0.55), scaleColor(soil, 1.6)),
    0.14,
  );
  blur(b.canvas, 0.008);
  const leaves = randomCount(r, 3, 9);
  for (let i = 0; i < leaves; i++) {
    const f = placeBrush(
      b,
      r.uniform(),
      between(r, floor, 1),
      between(r, 0.04, 0.08),
      r.uniform() * HALF_TURN,
      1,
      0.55,
    );
    fillRound(f, ellipse(0, 0, 1, 0.55), hsl(around(r, 0.08, 0.06), between(r, 0.3, 0.7), between(r, 0.2, 0.5)), {
      bevel: 0.5,
    });
  }
  return [b, floor];
}

/** Draws grass and leaves in the foreground, then varies the photograph. */
export function finishForest(b: Brush, r: Stream, floor: number): Canvas {
  const blades = randomCount(r, 0, 7);
  const green = hsl(around(r, 0.25, 0.04), between(r, 0.35, 0.6), between(r, 0.25, 0.4));
  for (let i = 0; i < blades; i++) {
    const x = r.uniform();
    const y = between(r, floor + 0.12, 1.05);
    fillFlat(
      b,
      stroke(curve([x, y + 0.1], [x, y - 0.08], [x + around(r, 0, 0.15), y - between(r, 0.08, 0.22)], 3), 0.012, 0.003),
      varyColor(r, green, 0.06),
    );
  }
  const leaves = randomCount(r, 0, 2);
  for (let i = 0; i < leaves; i++) {
    const f = placeBrush(b, r.uniform(), between(r, 0.9, 1), between(r, 0.06, 0.1), r.uniform() * HALF_TURN, 1, 0.6);
    fillRound(f, ellipse(0, 0, 1, 0.5), hsl(around(r, 0.07, 0.05), 0.6, between(r, 0.25, 0.5)), { bevel: 0.5 });
  }
  return develop(b.canvas, r);
}
