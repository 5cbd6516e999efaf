// Draws daisies.

import type { Stream } from "@dit-bench/random";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick, randomCount } from "../raster/chance.ts";
import { hex, scaleColor, varyColor } from "../raster/color.ts";
import { TURN } from "../raster/elementary.ts";
import { noise, stretchField } from "../raster/noise.ts";
import { fillBall, fillFlat, grainedPaint, linearGradient, solidPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, ellipse } from "../raster/shapes.ts";
import { drawBed, drawHead, petalBrightness } from "./bed.ts";

export function daisy(r: Stream, size: number): Canvas {
  const b = drawBed(r, size);
  const n = pick(r, [1, 1, 2, 3]);
  const petal = pick(r, [hex("fdfcf7"), hex("fbf6ee"), hex("f7d9e8"), hex("e9dcf7")]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.3, 0.44) : between(r, 0.19, 0.27);
    const f = n === 1 ? drawHead(b, r, 0.5, 0.46, s) : drawHead(b, r, (i + 0.6) / (n + 0.2), between(r, 0.25, 0.7), s);
    const petals = randomCount(r, 12, 17);
    for (let k = 0; k < petals; k++) {
      const angle = (k * TURN) / petals + around(r, 0, 0.12);
      const p = placeBrush(f, 0, 0, 1, angle);
      const length = between(r, 0.88, 1.05);
      const shape = ellipse(0.25 + length * 0.38, 0, length * 0.38, 0.135);
      fillFlat(placeBrush(p, 0.02, 0.03, 1), shape, [0.1, 0.12, 0.1], 0.25);
      fillFlat(
        p,
        shape,
        linearGradient(0.2, 0, scaleColor(petal, 0.62), 0.75, 0, scaleColor(petal, petalBrightness(p, 1.02))),
      );
    }
    const eye = varyColor(r, hex("f2b91c"), 0.06);
    const dots = stretchField(noise(r), 9, 9);
    fillBall(f, 0, 0, 0.34, 0.34, circle(0, 0, 0.3), grainedPaint(solidPaint(eye), dots, 0.25), 0.2);
  }
  return develop(b.canvas, r);
}
