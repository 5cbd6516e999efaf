// Draws boletes.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick } from "../raster/chance.ts";
import { hex, scaleColor, varyColor } from "../raster/color.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillRound, grainedPaint, mottledPaint, solidPaint } from "../raster/paint.ts";
import { ellipse, halfPlane, intersection, line, roughShape, smoothUnion } from "../raster/shapes.ts";
import { drawForest, finishForest } from "./forest-floor.ts";

export function bolete(r: Stream, size: number): Canvas {
  const [b, floor] = drawForest(r, size);
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.34, 0.44) : between(r, 0.22, 0.3);
    const f = placeBrush(
      b,
      n === 1 ? around(r, 0.5, 0.12) : 0.28 + 0.42 * i,
      floor + around(r, 0.12, 0.05),
      s,
      around(r, 0, 0.12),
    );
    const height = between(r, 0.5, 0.85);
    const stalk = varyColor(r, hex("d9c7a0"), 0.04);
    const net = stretchField(noise(r), 8, 8);
    drawShadow(f, 0.1, 0.02, 0.75, 0.12, 0.5);
    fillRound(
      f,
      smoothUnion(ellipse(0, -0.18, 0.42, 0.32), line(0, -0.2, 0, -height, 0.28, 0.24), 0.2),
      grainedPaint(solidPaint(stalk), net, 0.18),
      { bevel: 0.38 },
    );
    const brown = varyColor(r, pick(r, [hex("7a4321"), hex("94592c"), hex("5c3018"), hex("a8743d")]), 0.04);
    const capHeight = between(r, 0.5, 0.75);
    fillRound(f, ellipse(0, -height + 0.02, 0.9, 0.22), varyColor(r, hex("d7c455"), 0.05), { bevel: 0.2 });
    const cap = intersection(
      ellipse(0, -height + 0.02, 0.98, capHeight),
      roughShape(halfPlane(0, -height + 0.02, 0, 1), noise(r), 0.05),
    );
    const mottle = stretchField(clouds(r), 3, 4);
    fillRound(f, cap, mottledPaint(mottle, scaleColor(brown, 0.8), scaleColor(brown, 1.25)), {
      bevel: capHeight * 0.85,
      gloss: between(r, 0.1, 0.7),
    });
  }
  return finishForest(b, r, floor);
}
