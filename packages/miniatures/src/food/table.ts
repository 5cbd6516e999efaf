// Draws the tables and plates under the food.

import type { Stream } from "@dit-bench/random";
import { createScene, drawPlanks, drawShadow } from "../raster/backdrops.ts";
import type { Brush } from "../raster/canvas.ts";
import { between, pick, randomCount } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { HALF_TURN, sin } from "../raster/elementary.ts";
import { cellNoise, clouds, stretchField } from "../raster/noise.ts";
import {
  fillCanvas,
  fillRound,
  fillSoft,
  lerp,
  linearGradient,
  mottledPaint,
  radialGradient,
} from "../raster/paint.ts";
import { circle, ellipse, halfPlane, outline } from "../raster/shapes.ts";

/** A brush on a new canvas with a table of wood, cloth or stone, seen from above. */
export function drawTable(r: Stream, size: number): Brush {
  const b = createScene(r, size);
  const kind = r.uniform();
  if (kind < 0.45)
    drawPlanks(
      b,
      r,
      varyColor(r, pick(r, [hex("8a5a34"), hex("5c3a24"), hex("c39a68"), hex("6f6258")]), 0.06),
      r.uniform() * HALF_TURN,
    );
  else if (kind < 0.7) drawCloth(b, r);
  else {
    const stone = varyColor(r, pick(r, [hex("dcd8d2"), hex("3a3c40"), hex("8f8a86"), hex("c9b9a8")]), 0.05);
    fillCanvas(b, mottledPaint(stretchField(clouds(r), 5, 5), scaleColor(stone, 0.85), scaleColor(stone, 1.1)));
  }
  fillCanvas(b, radialGradient(between(r, 0, 1), 0, 1.3, [1, 0.97, 0.9], [0.05, 0.03, 0.05]), between(r, 0.08, 0.25));
  return b;
}

function drawCloth(b: Brush, r: Stream): void {
  const a = hsl(pick(r, [0, 0.58, 0.33, 0.1, 0.95]), between(r, 0.3, 0.7), between(r, 0.4, 0.6));
  const n = between(r, 4, 8);
  const paleColor = mix(a, [1, 1, 1], 0.85);
  const vary = cellNoise(r);
  fillCanvas(b, (x, y, _d, ink) => {
    const u = sin(x * n * HALF_TURN) > 0 ? 0.5 : 0;
    const v = sin(y * n * HALF_TURN) > 0 ? 0.5 : 0;
    lerp(ink, paleColor, a, (u + v) * 0.8 + 0.04 * vary(x * 30, y * 30));
  });
}

/** Draws a plate of the given radius, seen from above. */
export function drawPlate(f: Brush, r: Stream, radius: number): void {
  const china = varyColor(
    r,
    pick(r, [hex("f5f3ef"), hex("f5f3ef"), hex("e2e8ee"), hex("2e3238"), hex("d9c9b2")]),
    0.03,
  );
  drawShadow(f, 0.05, 0.1, radius * 1.05, radius * 1.05, 0.5);
  fillRound(f, circle(0, 0, radius), china, { bevel: 0.1, gloss: 0.3 });
  fillSoft(f, outline(circle(0, 0, radius * 0.76), 0.02), scaleColor(china, 0.7), 0.06, 0.6);
}

/** A brush on a new canvas with a table seen from the side and a blurred room behind it. */
export function drawRoom(r: Stream, size: number): Brush {
  const b = drawTable(r, size);
  const line = between(r, 0.42, 0.62);
  const wall = hsl(r.uniform(), between(r, 0.05, 0.4), between(r, 0.12, 0.8));
  fillSoft(
    b,
    halfPlane(0, line, 0, 1),
    linearGradient(0, 0, scaleColor(wall, 1.15), 0, line, scaleColor(wall, 0.8)),
    0.05,
  );
  const lights = randomCount(r, 0, 5);
  for (let i = 0; i < lights; i++) {
    const radius = between(r, 0.04, 0.14);
    fillSoft(b, circle(r.uniform(), r.uniform() * line * 0.8, radius), mix(wall, [1, 0.9, 0.7], 0.6), radius, 0.45);
  }
  return b;
}

/** Draws a plate seen from the side, with the centre of its rim at height y. */
export function drawSidePlate(f: Brush, r: Stream, y: number): void {
  const china = varyColor(
    r,
    pick(r, [hex("f6f4f0"), hex("f6f4f0"), hex("dfe7ee"), hex("33363c"), hex("9ab0c4")]),
    0.03,
  );
  drawShadow(f, 0, y + 0.12, 1.4, 0.24, 0.5);
  fillRound(f, ellipse(0, y, 1.28, 0.27), china, { bevel: 0.1, gloss: 0.3 });
  fillSoft(f, ellipse(0, y - 0.01, 0.95, 0.17), scaleColor(china, 0.82), 0.1, 0.8);
}
