// Draws butterflies.

import type { Stream } from "@dit-bench/random";
import { createScene } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { type Color, hex, mix, varyColor } from "../raster/color.ts";
import { atan2, cos, smoothstep } from "../raster/elementary.ts";
import { fillBall, fillFlat, fillRound, fillSoft, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, curve, line, type Point, polygon, stroke, union } from "../raster/shapes.ts";
import { drawPaper } from "./paper.ts";

export function butterfly(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawPaper(b, r);
  const f = placeBrush(
    b,
    around(r, 0.5, 0.04),
    around(r, 0.5, 0.04),
    between(r, 0.4, 0.48),
    around(r, 0, 0.5),
    between(r, 0.72, 1),
  );
  const tone = varyColor(
    r,
    pick(r, [hex("f08a1c"), hex("2f7ad8"), hex("f4d22c"), hex("d83a2c"), hex("3ab08a"), hex("a85ad0"), hex("f0e8d8")]),
    0.04,
  );
  const secondTone = happens(r, 0.5)
    ? tone
    : varyColor(r, pick(r, [hex("f4d22c"), hex("d8582c"), hex("5ab0e0")]), 0.05);
  const darkColor = varyColor(r, hex("1e1614"), 0.03);
  const foreWing = between(r, 0.65, 0.9);
  const hindWing = between(r, 0.5, 0.8);
  const eyes = happens(r, 0.6);
  const veins = happens(r, 0.6) ? 1 : 0;
  for (const s of [-1, 1]) {
    const fore: Point[] = [
      ...curve([s * 0.04, -0.12], [s * 0.35, -foreWing - 0.2], [s * 0.98, -foreWing], 5),
      ...curve([s * 0.98, -foreWing], [s * 0.95, -0.1], [s * 0.05, 0.08], 5).slice(1),
    ];
    const hind: Point[] = [
      ...curve([s * 0.04, 0], [s * 1.05, -0.05], [s * 0.78, hindWing * 0.7], 5),
      ...curve([s * 0.78, hindWing * 0.7], [s * 0.45, hindWing + 0.25], [s * 0.04, 0.2], 5).slice(1),
    ];
    fillSoft(placeBrush(f, 0.05, 0.09, 1), union(polygon(hind), polygon(fore)), [0.1, 0.1, 0.12], 0.12, 0.3);
    const wing = (points: Point[], c: Color): void =>
      fillFlat(f, polygon(points, 0.03), (x, y, d, ink) => {
        const turn = atan2(y, Math.abs(x));
        const edge = smoothstep(0.15, 0.08, -d);
        const vein = veins * smoothstep(0.8, 0.97, cos(turn * 15)) * 0.8;
        const radius = Math.sqrt(x * x + y * y);
        lerp(ink, mix(c, [1, 1, 1], 0.25 * (1 - radius)), darkColor, Math.max(edge, vein));
        const k = 1 + s * 0.12 * b.light.x;
        for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
      });
    wing(hind, secondTone);
    wing(fore, tone);
    if (eyes) {
      fillFlat(f, circle(s * 0.6, hindWing * 0.42, 0.13), darkColor);
      fillFlat(f, circle(s * 0.6, hindWing * 0.42, 0.075), mix(secondTone, [1, 1, 1], 0.6));
      fillFlat(f, circle(s * 0.68, -foreWing * 0.62, 0.1), darkColor);
      fillFlat(f, circle(s * 0.68, -foreWing * 0.62, 0.05), [1, 1, 1]);
    }
    for (let k = 0; k < 4; k++)
      fillFlat(f, circle(s * (0.94 - k * 0.035), -foreWing + 0.06 + k * 0.16, 0.035), [0.97, 0.95, 0.9]);
    fillFlat(f, stroke(curve([s * 0.03, -0.32], [s * 0.1, -0.6], [s * 0.26, -0.78], 4), 0.02), darkColor);
  }
  fillRound(f, line(0, -0.22, 0, 0.4, 0.08, 0.05), darkColor, { bevel: 0.08 });
  fillBall(f, 0, -0.3, 0.085, 0.085, circle(0, -0.3, 0.085), darkColor);
  return develop(b.canvas, r, 0.7);
}
