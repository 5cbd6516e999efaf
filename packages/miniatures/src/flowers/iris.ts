// Draws irises.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, grainedPaint, solidPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, line, type Point, polygon, stroke } from "../raster/shapes.ts";
import { drawBed } from "./bed.ts";

export function iris(r: Stream, size: number): Canvas {
  const b = drawBed(r, size);
  const hue = pick(r, [0.74, 0.72, 0.76, 0.68, 0.62, 0.14]);
  const tone = hsl(hue, between(r, 0.5, 0.75), hue < 0.2 ? 0.6 : between(r, 0.36, 0.55));
  const falls = happens(r, 0.5) ? scaleColor(tone, 0.7) : tone;
  const green = hsl(0.3, 0.35, between(r, 0.3, 0.42));
  for (let k = 0; k < 4; k++) {
    const foot = around(r, 0.5, 0.45);
    if (happens(r, 0.7))
      fillRound(
        b,
        stroke(curve([foot, 1.1], [foot, 0.7], [foot + around(r, 0, 0.25), between(r, 0.3, 0.65)], 4), 0.04, 0.005),
        green,
        { bevel: 0.04 },
      );
  }
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const x = n === 1 ? around(r, 0.5, 0.14) : 0.28 + 0.44 * i + around(r, 0, 0.04);
    const y = n === 1 ? around(r, 0.47, 0.09) : between(r, 0.32, 0.62);
    const s = n === 1 ? between(r, 0.33, 0.46) : between(r, 0.22, 0.29);
    fillRound(b, line(x, y, x + around(r, 0, 0.06), 1.1, 0.03), green, { bevel: 0.03 });
    drawBloom(
      placeBrush(b, x, y, s, around(r, 0, 0.3), between(r, 0.82, 1.05)),
      r,
      varyColor(r, tone, 0.04),
      varyColor(r, falls, 0.04),
    );
  }
  return develop(b.canvas, r);
}

/** Draws three upright and three hanging petals. */
function drawBloom(f: Brush, r: Stream, tone: Color, falls: Color): void {
  const veins = stretchField(noise(r), 10, 3);
  const petal = (points: Point[], c: Color, bevel: number): void =>
    fillRound(f, polygon(points, 0.05), grainedPaint(solidPaint(c), veins, 0.18), { bevel });
  for (const side of [-1, 1])
    petal(
      [
        ...curve([0, 0.1], [side * 0.9, -0.5], [side * 0.3, -1], 6),
        ...curve([side * 0.3, -1], [side * -0.1, -0.5], [0, 0.1], 4).slice(1, -1),
      ],
      scaleColor(mix(tone, [1, 1, 1], 0.22), 0.9),
      0.3,
    );
  petal(
    [...curve([0, 0.15], [-0.85, -0.5], [0, -1.02], 6), ...curve([0, -1.02], [0.85, -0.5], [0, 0.15], 6).slice(1, -1)],
    mix(tone, [1, 1, 1], 0.28),
    0.35,
  );
  for (const side of [-1, 1]) {
    petal(
      [
        ...curve([0, 0], [side * 0.9, -0.35], [side * 1.02, 0.42], 6),
        ...curve([side * 1.02, 0.42], [side * 0.45, 0.5], [0, 0.05], 6).slice(1, -1),
      ],
      falls,
      0.3,
    );
    fillFlat(
      f,
      stroke(curve([side * 0.12, 0.02], [side * 0.5, -0.05], [side * 0.65, 0.14], 4), 0.07, 0.02),
      hex("f6c928"),
    );
  }
  petal(
    [...curve([0, -0.05], [-0.75, 0.5], [0, 0.98], 6), ...curve([0, 0.98], [0.75, 0.5], [0, -0.05], 6).slice(1, -1)],
    scaleColor(falls, 0.95),
    0.35,
  );
  fillFlat(f, line(0, 0.02, 0, 0.5, 0.1, 0.03), hex("f6c928"));
  fillFlat(f, line(0, 0.05, 0, 0.3, 0.04, 0.02), hex("fff3c0"));
}
