// Draws tulips.

import type { Stream } from "@dit-bench/random";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { fillFlat, fillRound, linearGradient } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, type Point, polygon, stroke } from "../raster/shapes.ts";
import { drawBed } from "./bed.ts";

export function tulip(r: Stream, size: number): Canvas {
  const b = drawBed(r, size);
  const n = pick(r, [1, 1, 2, 3]);
  const tone = pick(r, [hex("d81e2c"), hex("f0c419"), hex("e8559a"), hex("7d2a8c"), hex("f2762e"), hex("f4ece4")]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.26, 0.36) : between(r, 0.17, 0.23);
    const x = n === 1 ? around(r, 0.5, 0.12) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const y = n === 1 ? between(r, 0.36, 0.46) : between(r, 0.28, 0.5);
    const lean = around(r, 0, 0.25);
    const green = hsl(around(r, 0.3, 0.03), 0.45, between(r, 0.28, 0.42));
    const foot: Point = [x - lean * 0.3 + around(r, 0, 0.05), 1.1];
    for (const side of [-1, 1])
      if (happens(r, 0.8)) {
        const tip: Point = [x + side * between(r, 0.12, 0.3), y + between(r, 0.1, 0.35)];
        const leaf = stroke(curve([x, 1.1], [x + side * 0.03, y + 0.5], tip, 6), s * 0.24, 0.01);
        fillRound(b, leaf, scaleColor(green, between(r, 0.75, 1)), { bevel: 0.06 });
      }
    fillRound(b, stroke(curve([x, y], [x, 0.8], foot, 5), s * 0.11), green, { bevel: s * 0.11 });
    const f = placeBrush(b, x, y, s, lean);
    const c = varyColor(r, tone, 0.06);
    const edge = mix(c, happens(r, 0.4) ? hex("ffe9a8") : scaleColor(c, 1.25), 0.5);
    const skin = (k: number) =>
      linearGradient(0, 0.8, scaleColor(mix(c, hex("6b8a2a"), 0.25), k), 0, -0.9, scaleColor(edge, k));
    const opening = between(r, 0.55, 0.85);
    const height = between(r, 0.95, 1.15);
    const backPetal = (px: number): Point[] => [
      ...curve([-0.3, 0.6], [px - 0.55, -0.2], [px, -height], 5),
      ...curve([px, -height], [px + 0.55, -0.2], [0.3, 0.6], 5),
    ];
    fillFlat(f, polygon(backPetal(-opening * 0.55), 0.04), skin(0.62));
    fillFlat(f, polygon(backPetal(opening * 0.55), 0.04), skin(0.62));
    fillFlat(f, polygon(backPetal(0), 0.04), skin(0.7));
    for (const side of [-1, 1]) {
      const cup = [
        ...curve([side * 0.05, 0.85], [side * 1.05, 0.75], [side * opening * 1.05, -height * 0.75], 7),
        ...curve([side * opening * 1.05, -height * 0.75], [side * 0.25, -0.3], [side * -0.12, 0.8], 6),
      ];
      fillRound(f, polygon(cup, 0.03), skin(1), { bevel: 0.45, gloss: 0.15 });
    }
    const middle = [
      ...curve([-0.08, 0.85], [-0.75, 0], [0, -height * 0.66], 6),
      ...curve([0, -height * 0.66], [0.75, 0], [0.08, 0.85], 6),
    ];
    fillRound(f, polygon(middle, 0.02), skin(1.06), { bevel: 0.4, gloss: 0.15 });
  }
  return develop(b.canvas, r);
}
